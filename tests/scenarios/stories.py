"""The stories of the identity graph: what lands, batch by batch, and who is one person, by hand.

A record is (entity, label, columns). Its key is ``<label>-<story number>`` in the source ``crm``
(events and acts of consent: ``web``); ``#`` in a value becomes the two-digit number of the story,
so that no two stories share a value. ``together`` lists the groups of records that must have one
customer each; records of the story that no group names are unresolved (no customer).
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
    # (action, type, value, type, value) of the seed identity_overrides; # as everywhere
    overrides: list[tuple[str, str, str, str, str]] = field(default_factory=list)


def person(label: str, **columns: Any) -> Record:
    return ("customers", label, columns)


def event(label: str, **columns: Any) -> Record:
    return ("events", label, {"event_type": "page_view", **columns})


def act(label: str, **columns: Any) -> Record:
    return ("consents", label, {"channel": "web", "status": "granted", **columns})


def stated(label: str, identifier_type: str, value: str, *, is_verified: bool) -> Record:
    """What the record with this label says of the proof of one of its identifiers."""
    return (
        "identifiers",
        f"{label}-{identifier_type}",
        {
            "entity": "customers",
            "entity_record_id": f"{label}-#",
            "identifier_type": identifier_type,
            "identifier_value": value,
            "is_verified": is_verified,
        },
    )


def receipt(label: str, **columns: Any) -> Record:
    return ("orders", label, {"order_id": f"{label}-#", **columns, "ordered_at": ORDERED_AT})


ORDERED_AT = "2026-01-02 09:00:00"
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
    Story(
        name="re-keyed CRM",
        rule="a CRM that gives its records new keys brings the same people, by their e-mail",
        batches=[
            [person("old1", email="a@s#.example"), person("old2", email="b@s#.example")],
            [person("new1", email="a@s#.example")],
            [person("new2", email="b@s#.example")],
        ],
        together=[{"old1", "new1"}, {"old2", "new2"}],
    ),
    Story(
        name="e-mail change",
        rule="who changes the e-mail keeps the card, so records with either are one person",
        batches=[
            [person("shop", email="old@s#.example", loyalty_number="L#")],
            [person("crm", email="new@s#.example", loyalty_number="L#")],
            [person("news", email="new@s#.example"), person("past", email="old@s#.example")],
        ],
        together=[{"shop", "crm", "news", "past"}],
    ),
    Story(
        name="recycled phone number",
        rule="a number that went to somebody of another name links neither with the other",
        batches=[
            [
                person("first", phone="+346#000001", given_name="Carmen", email="c@s#.example"),
            ],
            [person("carmen2", phone="+346#000001", given_name="Carmen")],
            [
                person("next", phone="+346#000001", given_name="Roberto", email="r@s#.example"),
            ],
        ],
        together=[{"first", "carmen2"}, {"next"}],
        cut={"+346#000001": "persons_differ"},
    ),
    Story(
        name="couple with one card",
        rule="a card on which two names buy is shared: each keeps the own records",
        batches=[
            [person("elena", loyalty_number="L#", given_name="Elena", email="e@s#.example")],
            [person("pablo", loyalty_number="L#", given_name="Pablo", email="p@s#.example")],
            [
                person("elena2", email="e@s#.example", given_name="Elena"),
                person("pablo2", email="p@s#.example", given_name="Pablo"),
            ],
        ],
        together=[{"elena", "elena2"}, {"pablo", "pablo2"}],
        cut={"L#": "persons_differ"},
    ),
    Story(
        name="two people one name",
        rule="a name alone says nothing, however rare",
        batches=[
            [person("one", given_name="Xavier", family_name="Quiñones", email="x1@s#.example")],
            [person("two", given_name="Xavier", family_name="Quiñones", email="z9@t#.example")],
            [person("three", given_name="Xavier", family_name="Quiñones")],
        ],
        together=[{"one"}, {"two"}, {"three"}],
    ),
    Story(
        name="twins at one address",
        rule="one family name, one home and one birth date, but two given names: two people",
        batches=[
            [
                person(
                    "marcos",
                    given_name="Marcos",
                    family_name="Villar",
                    birth_date="1991-07-14",
                    postal_code="290#",
                    address_line="Calle Larios, 8",
                )
            ],
            [
                person(
                    "lucia",
                    given_name="Lucía",
                    family_name="Villar",
                    birth_date="1991-07-14",
                    postal_code="290#",
                    address_line="Calle Larios, 8",
                )
            ],
            [],
        ],
        together=[{"marcos"}, {"lucia"}],
    ),
    Story(
        name="name and birth date in two systems",
        rule="one full name with one birth date is one person, whatever the address",
        batches=[
            [
                person(
                    "till",
                    given_name="Begoña",
                    family_name="Etxeberria",
                    second_family_name="Lasa",
                    birth_date="1963-11-27",
                    postal_code="200#",
                    address_line="Calle Urbieta, 3",
                )
            ],
            [
                person(
                    "web",
                    given_name="Begona",
                    family_name="Etxeberria",
                    second_family_name="Lasa",
                    birth_date="1963-11-27",
                    postal_code="480#",
                    address_line="Gran Vía, 44",
                )
            ],
            [],
        ],
        together=[{"till", "web"}],
    ),
    Story(
        name="slips everywhere",
        rule="small slips in names, date and street do not hide that all of them agree",
        batches=[
            [
                person(
                    "clean",
                    given_name="Fernando",
                    family_name="Zubizarreta",
                    birth_date="1958-03-19",
                    postal_code="014#",
                    address_line="Avenida Gasteiz, 71",
                    city="Vitoria",
                )
            ],
            [
                person(
                    "typed",
                    given_name="Fernadno",
                    family_name="Zubizareta",
                    birth_date="1958-03-29",
                    postal_code="014#",
                    address_line="Avda. Gasteiz 71",
                    city="Vitoria",
                )
            ],
            [],
        ],
        together=[{"clean", "typed"}],
    ),
    Story(
        name="names that changed places",
        rule="given and family name typed into each other's field are still that person's",
        batches=[
            [
                person(
                    "right",
                    given_name="Ainhoa",
                    family_name="Goikoetxea",
                    birth_date="1984-02-09",
                    postal_code="310#",
                    address_line="Calle Estafeta, 19",
                )
            ],
            [
                person(
                    "swapped",
                    given_name="Goikoetxea",
                    family_name="Ainhoa",
                    birth_date="1984-02-09",
                    postal_code="310#",
                    address_line="Calle Estafeta, 19",
                )
            ],
            [],
        ],
        together=[{"right", "swapped"}],
    ),
    Story(
        name="a name of another script",
        rule="names of every script are compared, not thrown away",
        batches=[
            [
                person(
                    "cyrillic",
                    given_name="Анастасия",
                    family_name="Воробьёва",
                    birth_date="1979-12-30",
                    postal_code="080#",
                )
            ],
            [
                person(
                    "again",
                    given_name="Анастасия",
                    family_name="Воробьева",
                    birth_date="1979-12-30",
                    postal_code="080#",
                )
            ],
            [
                person(
                    "other",
                    given_name="Дмитрий",
                    family_name="Кузнецов",
                    birth_date="1971-01-15",
                    postal_code="080#",
                )
            ],
        ],
        together=[{"cyrillic", "again"}, {"other"}],
    ),
    Story(
        name="decision to link",
        rule="a decision of a person ties what no rule ties",
        batches=[
            [person("a", email="a@s#.example")],
            [person("b", email="b@s#.example")],
            [person("c", email="b@s#.example")],
        ],
        together=[{"a", "b", "c"}],
        overrides=[("must_link", "customer_record", "crm|a-#", "customer_record", "crm|b-#")],
    ),
    Story(
        name="decision to keep apart",
        rule="two records that a decision keeps apart are never one customer; each keeps its own",
        batches=[
            [person("a", phone="+346#000001", user_id="ua-#")],
            [person("b", phone="+346#000001", user_id="ub-#")],
            [person("a2", user_id="ua-#"), person("b2", user_id="ub-#")],
        ],
        together=[{"a", "a2"}, {"b", "b2"}],
        overrides=[("cannot_link", "customer_record", "crm|a-#", "customer_record", "crm|b-#")],
    ),
    Story(
        name="decision against a bridge",
        rule="a record that would join two people kept apart goes to the one that it is tied to "
        "more strongly",
        batches=[
            [
                person("a", user_id="ua-#"),
                person("b", phone="+346#000001", loyalty_number="L#"),
            ],
            [person("bridge", user_id="ua-#", phone="+346#000001")],
            [person("b2", loyalty_number="L#")],
        ],
        together=[{"a", "bridge"}, {"b", "b2"}],
        overrides=[("cannot_link", "customer_record", "crm|a-#", "customer_record", "crm|b-#")],
    ),
    Story(
        name="too many cards",
        rule="a login with more cards than a customer may have keeps its records; the cards beyond "
        "the limit are cut off",
        batches=[
            [person(f"c{i}", user_id="u#", loyalty_number=f"L#{i}") for i in range(3)],
            [person(f"c{i}", user_id="u#", loyalty_number=f"L#{i}") for i in range(3, 6)],
            [person("c6", user_id="u#", loyalty_number="L#6")],
        ],
        together=[{f"c{i}" for i in range(7)}],
    ),
    Story(
        name="somebody else's e-mail",
        rule="who registers with an e-mail that somebody else has verified gets nothing of theirs",
        batches=[
            [
                person("victim", email="v@s#.example", user_id="v#", is_email_verified=True),
                event("victim-in", user_id="v#"),
            ],
            [
                person("thief", email="v@s#.example", user_id="t#", is_email_verified=False),
                event("thief-in", user_id="t#", email="v@s#.example"),
            ],
            [event("newsletter", email="v@s#.example")],
        ],
        together=[{"victim", "victim-in", "newsletter"}, {"thief", "thief-in"}],
        cut={"v@s#.example": "unverified_claim"},
    ),
    Story(
        name="somebody else's e-mail, phone and name",
        rule="a claim without proof is no evidence either: with somebody's name, e-mail and phone "
        "nobody becomes that person",
        batches=[
            [
                person(
                    "victim",
                    email="w@s#.example",
                    user_id="w#",
                    phone="+346#000003",
                    is_email_verified=True,
                    is_phone_verified=True,
                    given_name="Maider",
                    family_name="Etxeberria",
                )
            ],
            [
                person(
                    "thief",
                    email="w@s#.example",
                    user_id="wt#",
                    phone="+346#000003",
                    is_email_verified=False,
                    is_phone_verified=False,
                    given_name="Maider",
                    family_name="Etxeberria",
                )
            ],
            [],
        ],
        together=[{"victim"}, {"thief"}],
        cut={"w@s#.example": "unverified_claim"},
    ),
    Story(
        name="somebody else's card",
        rule="who gives a card number that somebody else has shown to be theirs gets nothing of "
        "the card, and what they buy with it is theirs",
        batches=[
            [
                person("victim", loyalty_number="L#"),
                stated("victim", "loyalty_number", "L#", is_verified=True),
                receipt("victim-till", loyalty_number="L#"),
            ],
            [
                person("thief", loyalty_number="L#", email="t@s#.example"),
                stated("thief", "loyalty_number", "L#", is_verified=False),
                receipt("thief-order", customer_record_id="thief-#", loyalty_number="L#"),
            ],
            [receipt("victim-again", loyalty_number="L#")],
        ],
        together=[
            {"victim", "victim-loyalty_number", "victim-till", "victim-again"},
            {"thief", "thief-loyalty_number", "thief-order"},
        ],
        cut={"L#": "unverified_claim"},
    ),
    Story(
        name="somebody else's browser and device",
        rule="who logs in with somebody else's cookie and device, or says so, gets nothing of "
        "theirs; what is done there without login is nobody's from then on",
        batches=[
            [
                person("victim", user_id="v#", email="v@s#.example"),
                event("victim-in", user_id="v#", device_id="dev#", anonymous_id="ck#"),
                event("before", device_id="dev#", anonymous_id="ck#"),
            ],
            [
                person("thief", user_id="t#", email="t@s#.example"),
                event("thief-in", user_id="t#", device_id="dev#", anonymous_id="ck#"),
                event("thief-cookie", user_id="t#", anonymous_id="own-#"),
            ],
            [
                event("after", device_id="dev#", anonymous_id="ck#"),
                event("victim-back", user_id="v#", device_id="dev#"),
                receipt("thief-order", customer_record_id="thief-#", anonymous_id="ck#"),
            ],
        ],
        together=[
            {"victim", "victim-in", "victim-back"},
            {"thief", "thief-in", "thief-cookie", "thief-order"},
            {"before", "after"},
        ],
        anonymous={"before", "after"},
        cut={"dev#": "used_by_several_customers", "web|ck#": "used_by_several_customers"},
    ),
    Story(
        name="consent of a browser",
        rule="an act of consent with nothing but a login or a cookie is of whom an event with them "
        "would be; of an act at an address the cookie says nothing",
        batches=[
            [
                person("ana", user_id="u1-#", email="ana@s#.example"),
                event("ana-in", user_id="u1-#", anonymous_id="own-#"),
                act("own-browser", anonymous_id="own-#"),
                act("visitor", anonymous_id="visitor-#"),
            ],
            [
                act("logged-in", user_id="u1-#"),
                act("ana-at-home", user_id="u1-#", anonymous_id="home-#"),
                person("luis", user_id="u2-#", email="luis@s#.example"),
                act("luis-at-home", user_id="u2-#", anonymous_id="home-#"),
            ],
            [
                act("who", anonymous_id="home-#"),
                act("for-luis", anonymous_id="own-#", contact_point="luis@s#.example"),
                act("for-nobody", anonymous_id="own-#", contact_point="info@s#.example"),
            ],
        ],
        together=[
            {"ana", "ana-in", "own-browser", "logged-in", "ana-at-home"},
            {"luis", "luis-at-home", "for-luis"},
            {"visitor"},
            {"who"},
        ],
        anonymous={"visitor", "who"},
        cut={"web|home-#": "used_by_several_customers"},
    ),
    Story(
        name="nobody has verified",
        rule="as long as nobody has verified an e-mail, those who give it are one person",
        batches=[
            [person("shop", email="n@s#.example", is_email_verified=False)],
            [person("crm", email="n@s#.example")],
            [person("app", email="n@s#.example", is_email_verified=False)],
        ],
        together=[{"shop", "crm", "app"}],
    ),
    Story(
        name="verified later",
        rule="a claim that gets its proof counts from then on",
        batches=[
            [person("crm", email="l@s#.example", is_email_verified=True)],
            [
                person(
                    "app",
                    email="l@s#.example",
                    is_email_verified=False,
                    recorded_at="2026-01-01 00:00:00",
                )
            ],
            [
                person(
                    "app",
                    email="l@s#.example",
                    is_email_verified=True,
                    recorded_at="2026-02-01 00:00:00",
                )
            ],
        ],
        together=[{"crm", "app"}],
    ),
    Story(
        name="card number with marks",
        rule="a card number is the same with blanks, dashes and small letters",
        batches=[
            [person("plain", loyalty_number="ES#778899")],
            [person("dashed", loyalty_number="es-#-77-88-99")],
            [person("spaced", loyalty_number="ES # 778899")],
        ],
        together=[{"plain", "dashed", "spaced"}],
    ),
    Story(
        name="fan in",
        rule="many records that lead to one make one customer",
        batches=[
            [person("root", loyalty_number="L#")],
            [person(f"leaf{i}", email=f"e{i}@s#.example", loyalty_number="L#") for i in range(6)],
            [person(f"tip{i}", email=f"e{i}@s#.example") for i in range(6)],
        ],
        together=[{"root", *(f"leaf{i}" for i in range(6)), *(f"tip{i}" for i in range(6))}],
    ),
    Story(
        name="disjoint",
        rule="records without anything in common stay apart, in one batch or in three",
        batches=[
            [person("a", email="a@s#.example")],
            [person("b", phone="+346#000001")],
            [person("c", user_id="u#")],
        ],
        together=[{"a"}, {"b"}, {"c"}],
    ),
    Story(
        name="ring",
        rule="a ring of shared identifiers is one person",
        batches=[
            [
                person("a", email="1@s#.example", phone="+346#000001"),
                person("d", user_id="u#", email="1@s#.example"),
            ],
            [person("b", phone="+346#000001", loyalty_number="L#")],
            [person("c", loyalty_number="L#", user_id="u#")],
        ],
        together=[{"a", "b", "c", "d"}],
    ),
    Story(
        name="two mailboxes of one family",
        rule="records of each member meet over two shared mailboxes and their own card",
        batches=[
            [
                person("rosa1", email="fam1@s#.example", given_name="Rosa", loyalty_number="LR#"),
                person("jorge1", email="fam1@s#.example", given_name="Jorge"),
            ],
            [
                person("rosa2", email="fam2@s#.example", given_name="Rosa", loyalty_number="LR#"),
                person("jorge2", email="fam2@s#.example", given_name="Jorge", user_id="uj#"),
            ],
            [person("jorge3", email="fam1@s#.example", given_name="Jorge", user_id="uj#")],
        ],
        together=[{"rosa1", "rosa2"}, {"jorge1", "jorge2", "jorge3"}],
        cut={"fam1@s#.example": "persons_differ", "fam2@s#.example": "persons_differ"},
    ),
    Story(
        name="guest order",
        rule="an order with nothing but an e-mail is its owner's",
        batches=[
            [
                (
                    "orders",
                    "guest",
                    {
                        "order_id": "go#",
                        "email": "g@s#.example",
                        "ordered_at": "2026-01-02 09:00:00",
                    },
                )
            ],
            [person("account", email="g@s#.example")],
            [],
        ],
        together=[{"guest", "account"}],
    ),
    Story(
        name="order with two owners",
        rule="an order number that two customers use resolves nothing by itself",
        batches=[
            [
                (
                    "orders",
                    "o1",
                    {
                        "order_id": "x#",
                        "email": "a@s#.example",
                        "ordered_at": "2026-01-02 09:00:00",
                    },
                ),
                person("a", email="a@s#.example"),
            ],
            [
                (
                    "orders",
                    "o2",
                    {
                        "order_id": "x#",
                        "email": "b@s#.example",
                        "ordered_at": "2026-01-02 09:00:00",
                    },
                ),
                person("b", email="b@s#.example"),
            ],
            [
                (
                    "payments",
                    "pay",
                    {"order_id": "x#", "paid_at": "2026-01-02 10:00:00", "amount": "5.00"},
                )
            ],
        ],
        together=[{"a", "o1"}, {"b", "o2"}],
    ),
    Story(
        name="two cookies one login",
        rule="every cookie that only one customer uses is that customer's, whenever it is told",
        batches=[
            [event("v1", anonymous_id="c1-#"), event("v2", anonymous_id="c2-#")],
            [event("l1", anonymous_id="c1-#", user_id="u#"), person("p", user_id="u#")],
            [event("l2", anonymous_id="c2-#", user_id="u#")],
        ],
        together=[{"v1", "v2", "l1", "l2", "p"}],
    ),
    Story(
        name="visitor who never logs in",
        rule="a browser without login is an anonymous customer of its own, and stays one",
        batches=[
            [event("v1", anonymous_id="ck#")],
            [event("v2", anonymous_id="ck#")],
            [event("v3", anonymous_id="ck#")],
        ],
        together=[{"v1", "v2", "v3"}],
        anonymous={"v1", "v2", "v3"},
    ),
    Story(
        name="deleted record",
        rule="a record that its source has deleted still says whose it was",
        batches=[
            [person("a", email="a@s#.example", phone="+346#000001")],
            [
                person(
                    "a",
                    email="a@s#.example",
                    phone="+346#000001",
                    is_deleted=True,
                    recorded_at="2026-02-01 00:00:00",
                )
            ],
            [person("b", phone="+346#000001"), person("c", email="a@s#.example")],
        ],
        together=[{"a", "b", "c"}],
    ),
    Story(
        name="hostile values",
        rule="quotes, SQL, Jinja and formulas in values are text, and link like any other text",
        batches=[
            [person("a", user_id="'; drop table x; --#", given_name="=cmd|' /C calc'!A0")],
            [person("b", user_id="'; drop table x; --#", given_name="{{ config() }}")],
            [person("c", user_id="{% raw %}#", given_name="Robert'); --")],
        ],
        together=[{"a", "b"}, {"c"}],
    ),
]

COMMON: dict[str, dict[str, Any]] = {
    "customers": {"recorded_at": "2026-01-01 00:00:00"},
    "identifiers": {"recorded_at": "2026-01-01 00:00:00"},
    "events": {"occurred_at": "2026-01-01 12:00:00", "recorded_at": "2026-01-01 12:00:00"},
    "orders": {"recorded_at": "2026-01-02 09:00:00"},
    "consents": {"captured_at": "2026-01-02 09:00:00", "recorded_at": "2026-01-02 09:00:00"},
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
    source_name = "web" if entity in ("events", "consents") else "crm"
    return (source_name, entity, f"{label}-{number(story)}")


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
