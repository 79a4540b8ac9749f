"""The stories of the identity graph: what lands, batch by batch, and who is one person, by hand.

A record is (entity, label, columns). Its key is ``<label>-<story number>`` in the source ``crm``
(events: ``web``); ``#`` in a value becomes the two-digit number of the story, so that no two
stories share a value. ``together`` lists the groups of records that must have one customer each;
records of the story that no group names are unresolved (no customer).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Record = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Story:
    """One shape of the graph, the rule that it shows, and what must come out."""

    name: str
    rule: str
    batches: list[list[Record]]
    together: list[set[str]]
    anonymous: set[str] = field(default_factory=set)  # labels whose customer is anonymous
    cut: dict[str, str] = field(default_factory=dict)  # identifier value -> reason


def person(label: str, **columns: Any) -> Record:
    return ("customers", label, columns)


def event(label: str, **columns: Any) -> Record:
    return ("events", label, {"event_type": "page_view", **columns})


FLOOD = 600

STORIES: list[Story] = [
    Story(
        name="chain",
        rule="records that share identifiers one by one are one person, however long the chain",
        batches=[
            [person("a", email="a@s#.example"), person("d", user_id="u#", phone="+346#000002")],
            [person("b", email="a@s#.example", phone="+346#000001")],
            [person("c", phone="+346#000001", user_id="u#")],
        ],
        together=[{"a", "b", "c", "d"}],
    ),
    Story(
        name="diamond",
        rule="two ways between the same two records count as one person, once",
        batches=[
            [person("a", email="a@s#.example", phone="+346#000001")],
            [person("b", email="a@s#.example", user_id="u#"), person("c", phone="+346#000001")],
            [
                person("d", user_id="u#", loyalty_number="L#"),
                person("e", loyalty_number="L#", phone="+346#000001"),
            ],
        ],
        together=[{"a", "b", "c", "d", "e"}],
    ),
    Story(
        name="star",
        rule="forty guest records with one mailbox and no name are its owner's",
        batches=[
            [person(f"g{i}", email="hub@s#.example") for i in range(0, 15)],
            [person(f"g{i}", email="hub@s#.example") for i in range(15, 30)],
            [person(f"g{i}", email="hub@s#.example") for i in range(30, 40)],
        ],
        together=[{f"g{i}" for i in range(40)}],
    ),
    Story(
        name="late bridge",
        rule="a record with identifiers of two customers makes them one; the earlier id stays",
        batches=[
            [person("a", email="a@s#.example"), person("x", email="other@s#.example")],
            [person("b", phone="+346#000001")],
            [person("bridge", email="a@s#.example", phone="+346#000001")],
        ],
        together=[{"a", "b", "bridge"}, {"x"}],
    ),
    Story(
        name="shared device",
        rule="a device never merges two people; what is done on it without login is nobody's",
        batches=[
            [
                person("ana", user_id="u1-#", email="ana@s#.example"),
                event("ana-in", user_id="u1-#", device_id="tablet-#"),
            ],
            [
                person("luis", user_id="u2-#", email="luis@s#.example"),
                event("luis-in", user_id="u2-#", device_id="tablet-#"),
            ],
            [event("who", device_id="tablet-#")],
        ],
        together=[{"ana", "ana-in"}, {"luis", "luis-in"}, {"who"}],
        anonymous={"who"},
        cut={"tablet-#": "used_by_several_customers"},
    ),
    Story(
        name="device of one",
        rule="anonymous activity on a device or cookie of one customer alone is that customer's",
        batches=[
            [event("before", anonymous_id="ck#"), event("app", device_id="dev#")],
            [
                person("eva", user_id="u#", email="eva@s#.example"),
                event("login", user_id="u#", anonymous_id="ck#", device_id="dev#"),
            ],
            [
                event("after", anonymous_id="ck#"),
                event("second-cookie", anonymous_id="ck2-#", device_id="dev#"),
            ],
        ],
        together=[{"before", "app", "eva", "login", "after", "second-cookie"}],
    ),
    Story(
        name="device becomes shared",
        rule="when a second customer logs in, anonymous activity leaves the first; no id moves",
        batches=[
            [
                event("before", anonymous_id="ck#"),
                person("eva", user_id="u1-#"),
                event("eva-in", user_id="u1-#", anonymous_id="ck#"),
            ],
            [person("leo", user_id="u2-#")],
            [event("leo-in", user_id="u2-#", anonymous_id="ck#")],
        ],
        together=[{"before"}, {"eva", "eva-in"}, {"leo", "leo-in"}],
        anonymous={"before"},
        cut={"web|ck#": "used_by_several_customers"},
    ),
    Story(
        name="kiosk",
        rule="a shop kiosk and its browser identify nobody, whoever logs in",
        batches=[
            [event("k1", device_id="kiosk-#", anonymous_id="kb#")],
            [
                person("ana", user_id="u1-#"),
                event("ana-in", user_id="u1-#", device_id="kiosk-#", anonymous_id="kb#"),
            ],
            [event("k2", anonymous_id="kb#")],
        ],
        together=[{"ana", "ana-in"}],
        cut={"kiosk-#": "blocked_value", "web|kb#": "blocked_value"},
    ),
    Story(
        name="family mailbox",
        rule="behind one mailbox, records whose names differ are different people; a record "
        "without a name is neither's",
        batches=[
            [person("ana1", email="fam@s#.example", given_name="Ana", birth_date="1980-05-01")],
            [person("luis", email="fam@s#.example", given_name="Luis", birth_date="1978-02-11")],
            [
                person("ana2", email="fam@s#.example", given_name="Anita"),
                person("noname", email="fam@s#.example"),
            ],
        ],
        together=[{"ana1", "ana2"}, {"luis"}, {"noname"}],
        cut={"fam@s#.example": "persons_differ"},
    ),
    Story(
        name="father and son",
        rule="one name and one mailbox, but birth dates a generation apart: two people",
        batches=[
            [person("father", email="m@s#.example", given_name="Juan", birth_date="1950-03-04")],
            [person("son", email="m@s#.example", given_name="Juan", birth_date="1981-09-17")],
            [person("son-crm", email="m@s#.example", given_name="Juan", birth_date="1981-09-17")],
        ],
        together=[{"father"}, {"son", "son-crm"}],
        cut={"m@s#.example": "persons_differ"},
    ),
    Story(
        name="nickname and slip",
        rule="a short form of the name, a slip of the pen, day and month swapped: one person",
        batches=[
            [person("jose", email="j@s#.example", given_name="José", birth_date="1975-03-04")],
            [person("pepe", email="j@s#.example", given_name="Pepe", birth_date="1975-04-03")],
            [person("jsoe", email="j@s#.example", given_name="Josee", birth_date="1975-03-05")],
        ],
        together=[{"jose", "pepe", "jsoe"}],
    ),
    Story(
        name="namesakes at one door",
        rule="one name at one door is not enough; with the birth date or the mother's name it is",
        batches=[
            [
                person(
                    "old",
                    given_name="Marta",
                    family_name="Garrido",
                    second_family_name="Vicente",
                    birth_date="1950-01-11",
                    postal_code="030#",
                    address_line="Calle Mayor, 132",
                ),
            ],
            [
                person(
                    "young",
                    given_name="Marta",
                    family_name="Garrido",
                    second_family_name="Herrero",
                    postal_code="030#",
                    address_line="C/ Mayor 132, 3º",
                ),
            ],
            [
                person(
                    "old2",
                    given_name="Marta",
                    family_name="Garrido",
                    birth_date="1950-01-11",
                    postal_code="080#",
                    address_line="Gran Vía, 1",
                ),
            ],
        ],
        together=[{"old", "old2"}, {"young"}],
    ),
    Story(
        name="flood",
        rule="a phone given by hundreds of different records links none of them",
        batches=[
            [person(f"f{i}", phone="+346#000009") for i in range(0, 200)],
            [person(f"f{i}", phone="+346#000009") for i in range(200, 400)],
            [person(f"f{i}", phone="+346#000009") for i in range(400, FLOOD)],
        ],
        together=[{f"f{i}"} for i in range(FLOOD)],
        cut={"+346#000009": "over_limit"},
    ),
    Story(
        name="connector merge",
        rule="a source that merged two of its records has said that they are one person, even "
        "when the surviving record never lands",
        batches=[
            [person("a", email="a@s#.example"), person("b", merged_into_record_id="gone-#")],
            [person("c", email="c@s#.example", merged_into_record_id="a-#")],
            [person("d", merged_into_record_id="gone-#")],
        ],
        together=[{"a", "c"}, {"b", "d"}],
    ),
    Story(
        name="values of nobody",
        rule="role mailboxes, null-like words and zeros link nobody",
        batches=[
            [
                person("a", email="info@s#.example", user_id="null"),
                person("b", email="info@s#.example", loyalty_number="000000"),
            ],
            [person("c", loyalty_number="000000", user_id="null")],
            [event("only-null", user_id="null")],
        ],
        together=[{"a"}, {"b"}, {"c"}],
        cut={"info@s#.example": "blocked_value"},
    ),
    Story(
        name="payment without a person",
        rule="a record that carries nothing but an order is its buyer's",
        batches=[
            [
                (
                    "payments",
                    "pay",
                    {"order_id": "o#", "paid_at": "2026-01-02 10:00:00", "amount": "5.00"},
                )
            ],
            [person("ana", email="ana@s#.example")],
            [
                (
                    "orders",
                    "order",
                    {
                        "order_id": "o#",
                        "email": "ana@s#.example",
                        "ordered_at": "2026-01-02 09:00:00",
                    },
                ),
            ],
        ],
        together=[{"pay", "ana", "order"}],
    ),
    Story(
        name="changed address",
        rule="the latest version of a record counts, whichever batch brings it",
        batches=[
            [person("a", email="old@s#.example", recorded_at="2026-01-01 00:00:00")],
            [person("a", email="new@s#.example", recorded_at="2026-02-01 00:00:00")],
            [person("b", email="new@s#.example"), person("c", email="old@s#.example")],
        ],
        together=[{"a", "b"}, {"c"}],
    ),
    Story(
        name="late and old",
        rule="a record that is older but lands later does not take the customer's id over",
        batches=[
            [person("m", email="a@s#.example", created_at="2025-06-01 00:00:00")],
            [person("z", email="a@s#.example", created_at="2020-01-01 00:00:00")],
            [person("a", email="a@s#.example", created_at="2010-01-01 00:00:00")],
        ],
        together=[{"m", "z", "a"}],
    ),
]

COMMON: dict[str, dict[str, Any]] = {
    "customers": {"recorded_at": "2026-01-01 00:00:00"},
    "events": {"occurred_at": "2026-01-01 12:00:00", "recorded_at": "2026-01-01 12:00:00"},
    "orders": {"recorded_at": "2026-01-02 09:00:00"},
    "payments": {"recorded_at": "2026-01-02 10:00:00"},
}


def number(story: Story) -> str:
    """Two digits that stand for ``#`` in the story's values."""
    return f"{STORIES.index(story) + 10:02d}"


def filled(story: Story, text: str) -> str:
    return text.replace("#", number(story))


def record_key(story: Story, record: Record) -> tuple[str, str, str]:
    """(source_name, entity, source_record_id) of a record."""
    entity, label, _ = record
    return ("web" if entity == "events" else "crm", entity, f"{label}-{number(story)}")


def rows(batch: int) -> dict[str, list[dict[str, Any]]]:
    """entity -> rows of that batch (0-based) of all stories, as the contract source takes them."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for story in STORIES:
        for record in story.batches[batch]:
            source_name, entity, source_record_id = record_key(story, record)
            columns = {
                name: filled(story, value) if isinstance(value, str) else value
                for name, value in record[2].items()
            }
            tables.setdefault(entity, []).append(
                {
                    **COMMON[entity],
                    **columns,
                    "source_name": source_name,
                    "source_record_id": source_record_id,
                }
            )
    return tables
