"""Ids through mistakes and erasures: each person keeps their own, and nobody gets one of before."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from graph import Graph, Rows

from orchestration.data_requests.erasure import forget_ids
from orchestration.data_requests.tombstones import digest_of_id

EARLY, LATE = "2026-01-01 00:00:00", "2026-02-01 00:00:00"


def customers(*records: tuple[str, dict[str, str]], recorded_at: str = EARLY) -> Rows:
    """Person records of the source crm; each is given with its key."""
    return {
        "customers": [
            {
                "source_name": "crm",
                "source_record_id": key,
                "recorded_at": recorded_at,
                **columns,
            }
            for key, columns in records
        ]
    }


def ids(graph: Graph, *keys: str) -> list[str]:
    """Build; the customer id of each record."""
    state = graph.build()["identity_source_records"].set_index("source_record_id")["customer_id"]
    return [state[key] for key in keys]


# ---- two who were one by mistake -------------------------------------------------------------

# Ana's id is made of the record that comes first, and stands for both; Berta has more records.
TWO_PEOPLE = customers(
    ("a", {"email": "ana@one.example"}), *((f"b{i}", {"user_id": "berta"}) for i in range(5))
)
MIXED_UP = ("desk", {"email": "ana@one.example", "user_id": "berta"})


def rule(graph: Graph, action: str) -> None:
    """A decision on the two."""
    graph.connection.execute(
        """
        insert into identity_overrides by name
        select $1 as override_id, $1 as action, 'email' as identifier_type_a,
            'ana@one.example' as identifier_value_a, 'user_id' as identifier_type_b,
            'berta' as identifier_value_b, 'a steward' as owner, 'a test' as reason
        """,
        [action],
    )


@pytest.mark.parametrize(
    ("mistake", "remedy"),
    [("record", "mended"), ("record", "cannot_link"), ("must_link", "ended and cannot_link")],
)
def test_who_was_one_by_mistake_has_the_id_of_before(mistake: str, remedy: str) -> None:
    graph = Graph()
    graph.land(TWO_PEOPLE)
    ana, berta = before = ids(graph, "a", "b0")
    assert ana != berta
    if mistake == "record":
        graph.land(customers(MIXED_UP))
    else:
        rule(graph, "must_link")
    assert ids(graph, "a", "b0", "b4") == [ana] * 3
    graph.land(customers(("b5", {"user_id": "berta"})))  # while they are one
    assert ids(graph, "b5") == [ana]
    if remedy == "mended":
        graph.land(customers(("desk", {"email": "ana@one.example"}), recorded_at=LATE))
    else:
        graph.connection.execute("delete from identity_overrides where action = 'must_link'")
        rule(graph, "cannot_link")
    assert ids(graph, "a", "b0") == before
    assert ids(graph, "b4", "b5") == [berta] * 2
    state = graph.state()
    assert state["identity_merges"].empty
    assert state["identity_changes"]["change_kind"].tolist() == ["merge", "split"]


# ---- a record that moves ---------------------------------------------------------------------


def test_an_act_that_is_read_off_another_event_moves_no_id() -> None:
    def visit(key: str, occurred_at: str) -> dict[str, str]:
        return {
            "source_name": "web",
            "source_record_id": key,
            "anonymous_id": "cookie",
            "occurred_at": occurred_at,
            "recorded_at": occurred_at,
        }

    def act(captured_at: str) -> dict[str, str]:
        return {**visit("first change", captured_at), "captured_at": captured_at}

    def land(graph: Graph, at: str) -> None:
        events, consents = visit(f"visit at {at}", at), act(at)
        consents.pop("occurred_at")
        graph.delete("consents", "web", "first change")  # what is read off events is made anew
        graph.land({"events": [events], "consents": [consents]})

    graph = Graph()
    land(graph, LATE)
    (before,) = set(ids(graph, "first change"))
    land(graph, EARLY)
    lost = Graph()  # built from nothing, with all that has landed
    lost.copy_rows_from(graph)
    visits = [f"visit at {at}" for at in (LATE, EARLY)]
    assert ids(graph, "first change", *visits) == [before] * 3
    assert ids(lost, "first change", *visits) == [before] * 3


# ---- who comes back after an erasure ---------------------------------------------------------


def erase(graph: Graph, request: str, customer_id: str, keys: Iterable[str]) -> None:
    """What an erasure does to the graph: records and log go, the digest of the id stays."""
    for key in keys:
        graph.delete("customers", "crm", key)
    graph.connection.execute("create or replace temp table person_ids as select $1", [customer_id])
    graph.connection.execute(
        """
        create or replace temp table person_keys as
        select identifier_key
        from int_identity__nodes
        where identifier_value in (select 'crm|' || unnest($1))
        """,
        [list(keys)],
    )
    forget_ids(graph.connection, "int_identity__registry")
    bury(graph, (digest_of_id(customer_id), request))


def bury(graph: Graph, *stones: tuple[str, str]) -> None:
    graph.connection.executemany("insert into landing_tombstones values (?, ?)", stones)


def test_no_id_of_the_erased_comes_back_with_their_record() -> None:
    graph, lives = Graph(), []
    graph.land(customers(("z", {"email": "zoe@one.example"})))
    (zoe,) = ids(graph, "z")
    ana = customers(("a", {"email": "ana@one.example"}), ("a2", {"email": "ana@one.example"}))
    for request in ("erasure-1", "erasure-2"):
        graph.land(ana)
        life, *others = ids(graph, "a", "a2", "z")
        assert others == [life, zoe]
        lives.append(life)
        erase(graph, request, life, ("a", "a2"))
        assert ids(graph, "z") == [zoe]
        assert life not in set(graph.state()["identity_ids"]["customer_id"])

    graph.land(ana)
    third, *others = ids(graph, "a", "z")
    assert others == [zoe]
    assert len({*lives, third, zoe}) == 4
    lost = Graph()  # the log is gone; what landed, the key and the tombstones are there
    lost.copy_rows_from(graph)
    bury(lost, *graph.connection.execute("from landing_tombstones").fetchall())
    assert ids(lost, "a", "z") == [third, zoe]


def test_an_id_made_of_a_record_of_the_erased_stays_with_who_has_it_now() -> None:
    graph = Graph()
    graph.land({"customers": [*TWO_PEOPLE["customers"], *customers(MIXED_UP)["customers"]]})
    (both,) = set(ids(graph, "a", "b0", "desk"))
    graph.land(customers(("desk", {"user_id": "berta"}), recorded_at=LATE))
    ana, berta = ids(graph, "a", "b0")
    assert berta == both != ana
    erase(graph, "erasure-1", ana, ["a"])
    assert ids(graph, "b0", "b4", "desk") == [both] * 3
    (records,) = graph.connection.execute(
        "select count(anchor_source_record_id) from int_identity__registry "
        "where entry_type = 'issue' and customer_id = $1",
        [both],
    ).fetchall()
    assert records == (0,)
