"""The commands that explain a customer, review a change of rules and replay the batches."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration import explain_identity, landing_ledger, replay, review_identity
from orchestration.explain_identity import Customer, ExplainError, Link, Way
from orchestration.landing_ledger import Landed
from orchestration.paths import Paths
from orchestration.replay import ReplayError
from orchestration.review_identity import Review, ReviewError

# ---- explain -----------------------------------------------------------------------------------


def link(a: str, b: str, bits: float, **more: Any) -> Link:
    values = {
        "rule": "same_record",
        "evidence": "customers crm|1",
        "record_count": 1,
        "is_weakest": False,
        **more,
    }
    return Link(a, b, bits=bits, **values)


def customer(links: Iterable[Link], nodes: Iterable[str] = ()) -> Customer:
    """Identifiers whose name starts with e are e-mails, all others person records."""
    links = list(links)
    keys = {*nodes, *(key for one in links for key in (one.key_a, one.key_b))}
    kinds = {key: "email" if key.startswith("e") else "customer_record" for key in keys}
    return Customer("c1", {key: (kinds[key], key) for key in sorted(keys)}, links)


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    """Links between up to nine identifiers, as they come."""
    pairs = draw(
        st.dictionaries(
            st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] < pair[1]),
            st.sampled_from([2.5, 10, 25, 30, 45]),
            min_size=1,
            max_size=20,
        )
    )
    return customer(link(f"n{a}", f"n{b}", bits) for (a, b), bits in pairs.items())


def strength_between(links: list[Link], start: str, end: str) -> float | None:
    """The most bits with which one still comes from start to end over links of at least those."""
    for bits in sorted({one.bits for one in links}, reverse=True):
        graph = nx.Graph((one.key_a, one.key_b) for one in links if one.bits >= bits)
        if graph.has_node(start) and graph.has_node(end) and nx.has_path(graph, start, end):
            return bits
    return None


@settings(max_examples=25, deadline=None)
@given(asked=customers())
def test_the_way_is_the_strongest_and_its_weakest_link_is_the_bottleneck(asked: Customer) -> None:
    for start, end in itertools.combinations(asked.identifiers, 2):
        strength = strength_between(asked.links, start, end)
        if strength is None:
            with pytest.raises(ExplainError, match="without a way of links"):
                explain_identity.strongest_way(asked, start, end)
            continue
        way = explain_identity.strongest_way(asked, start, end)
        assert (way.keys[0], way.keys[-1]) == (start, end)
        assert len(set(way.keys)) == len(way.keys) == len(way.links) + 1
        for ends, one in zip(itertools.pairwise(way.keys), way.links, strict=True):
            assert {one.key_a, one.key_b} == set(ends)
        assert way.weakest in way.links
        assert way.weakest.bits == strength


@settings(max_examples=25, deadline=None)
@given(asked=customers())
def test_a_customer_falls_apart_without_its_bridges_only(asked: Customer) -> None:
    graph = nx.Graph((one.key_a, one.key_b) for one in asked.links)
    bridges = {frozenset(ends) for ends in nx.bridges(graph)}
    whole = nx.number_connected_components(graph)
    for one in asked.links:
        parts = explain_identity.parts_without(asked, one)
        is_bridge = frozenset((one.key_a, one.key_b)) in bridges
        assert len(parts) == whole + is_bridge
        assert sorted(key for part in parts for key in part) == sorted(asked.identifiers)


def test_the_way_in_words_names_each_step_the_weakest_link_and_the_parts() -> None:
    asked = customer([link("r1", "e1", 30, record_count=3), link("e1", "r2", 25, rule="matching")])
    words = explain_identity.in_words(asked, Way(["r1", "e1", "r2"], asked.links))
    text = "\n".join(words)
    assert words[0] == "One customer, c1: 2 links from one to the other."
    assert "same_record, 30.0 bits (3 records, first customers crm|1)" in text
    assert "matching, 25.0 bits (1 record, first customers crm|1)" in text
    assert "Weakest link: matching between email e1 and customer_record r2, 25.0 bits." in text
    assert "2 parts with 1 and 1 person records" in text
    ring = customer([*asked.links, link("r1", "r2", 50)])
    around = explain_identity.in_words(ring, Way(["r1", "e1", "r2"], asked.links))
    assert around[-1] == "Without it other links would still hold the customer together."
    assert explain_identity.in_words(asked, Way(["r1"], [])) == ["Both are the same identifier."]


def test_hostile_values_are_text_in_the_picture() -> None:
    asked = customer([link("r1", 'e"><script>alert(1)</script>', 30)])
    drawn = explain_identity.picture(asked)
    assert "<script>" not in drawn
    assert drawn.count("<circle") == 2 + 2  # the identifiers, and a legend of their types


@pytest.fixture
def graph() -> duckdb.DuckDBPyConnection:
    """Two customers: r1 and e1; r2, which a decision keeps apart. e9 is blocked, c0 merged."""
    connection = duckdb.connect()
    connection.execute(
        """
        create schema identity_graph;
        create table identity_graph.identity_map as
            select * from (values
                ('k1', 'customer_record', 'crm|r1', 'c1'), ('k2', 'email', 'e1', 'c1'),
                ('k3', 'customer_record', 'crm|r2', 'c2')
            ) as t (identifier_key, identifier_type, identifier_value, customer_id);
        create table identity_graph.identity_links as
            select
                'k1' as identifier_key_a, 'k2' as identifier_key_b, 'same_record' as rule,
                30.0::double as link_bits, 'customers' as entity, 'crm' as source_name,
                'r1' as first_source_record_id, 1 as record_count, true as is_weakest,
                'c1' as customer_id;
        create table identity_graph.identity_links_cut as
            select * from (values
                ('k9', null, 'email', 'e9', 'blocked_value', 'seed', 'removing it'),
                ('k2', 'k3', 'email', 'e1', 'kept_apart', 'cannot_link d1', 'ending the decision')
            ) as t (identifier_key, other_identifier_key, identifier_type, identifier_value,
                reason, rule, restored_by);
        create table identity_graph.identity_merges as
            select 'c0' as old_customer_id, 'c1' as new_customer_id;
        create table identity_graph.identity_review_queue as
            select 'possible_merge' as question, 'c1' as customer_id, 'c2' as other_customer_id,
                1.5::double as link_bits;
        """
    )
    return connection


def test_two_customers_say_what_was_cut_and_what_speaks_for_one(
    graph: duckdb.DuckDBPyConnection,
) -> None:
    lines, drawn = explain_identity.explain(graph, ["crm|r2", "email:e1"], None)
    assert drawn is None
    assert lines[0] == "Two customers: c2 and c1."
    assert "kept_apart (cannot_link d1). Restored by ending the decision." in lines[1]
    assert "1.5 bits" in lines[2]


def test_one_customer_is_explained_from_both_ends(graph: duckdb.DuckDBPyConnection) -> None:
    lines, drawn = explain_identity.explain(graph, ["crm|r1", "email:e1"], None)
    assert lines[0] == "One customer, c1: 1 link from one to the other."
    assert drawn is not None
    assert drawn.startswith("<svg")
    assert explain_identity.explain(graph, [], "c1") == explain_identity.explain(
        graph, ["crm|r1"], None
    )


@pytest.mark.parametrize(
    ("named", "customer_id", "said"),
    [
        (["email:e9"], None, "email e9 stands for nobody: blocked_value"),
        (["crm|r"], None, r"There is no customer_record crm\|r in the graph. Near: crm\|r1, crm"),
        (["card:7"], None, "There is no customer_record card:7 in the graph.$"),
        ([], "c0", "c0 now stands for c1. Ask for that one."),
        ([], "c7", "There is no customer c7 in this warehouse."),
    ],
)
def test_what_is_not_in_the_graph_gets_an_answer_too(
    graph: duckdb.DuckDBPyConnection, named: list[str], customer_id: str | None, said: str
) -> None:
    with pytest.raises(ExplainError, match=said):
        explain_identity.explain(graph, named, customer_id)


@pytest.mark.parametrize("arguments", [[], ["a", "b", "c"], ["a", "--customer", "c1"]])
def test_explain_wants_one_or_two_identifiers_or_a_customer(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        explain_identity.main(arguments)
    assert ended.value.code == 2
    assert "name one or two identifiers, or a --customer" in capsys.readouterr().err


# ---- review ------------------------------------------------------------------------------------

Identifiers = dict[str, list[str]]  # customer -> identifiers; those that start with r are records


def state(
    file: Path,
    identifiers: Identifiers,
    *,
    revenue: dict[str, float],
    tiers: dict[str, str],
    segments: dict[str, list[str]],
    suppressed: dict[str, list[str]],
) -> Path:
    """A warehouse with what a review reads."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            """
            create schema identity_graph;
            create schema marts;
            create table identity_graph.identity_map (
                identifier_key varchar, identifier_type varchar, customer_id varchar
            );
            create table marts.dim_customers (customer_id varchar, net_revenue decimal(18, 2));
            create table marts.dim_loyalty_members (
                customer_id varchar, programme varchar, tier_code varchar
            );
            create table marts.bridge_segment_customers (
                customer_id varchar, segment_code varchar
            );
            create table marts.fct_suppressions (customer_id varchar, reason_code varchar);
            """
        )
        rows: dict[str, list[tuple[Any, ...]]] = {
            "identity_graph.identity_map": [
                (key, "customer_record" if key.startswith("r") else "email", customer_id)
                for customer_id, keys in identifiers.items()
                for key in keys
            ],
            "marts.dim_customers": [(key, revenue.get(key, 0)) for key in identifiers],
            "marts.dim_loyalty_members": [(key, "club", tier) for key, tier in tiers.items()],
            "marts.bridge_segment_customers": [
                (key, code) for key, codes in segments.items() for code in codes
            ],
            # One reason holds for several channels: more rows, no further difference.
            "marts.fct_suppressions": [
                (key, code) for key, codes in suppressed.items() for code in codes * 2
            ],
        }
        for table, values in rows.items():
            for row in values:
                connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
    return file


BEFORE: Identifiers = {
    "stays": ["r1", "e1"],
    "joins": ["r2"],
    "parts": ["r3", "r4", "e4"],
    "renamed": ["r5", "e5"],
    "goes": ["e6"],
}
AFTER: Identifiers = {
    "stays": ["r1", "e1", "r2"],
    "parts": ["r3"],
    "part_two": ["r4", "e4"],
    "new_name": ["r5", "e5"],
    "comes": ["r7"],
}


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("states")
    before = state(
        folder / "before.duckdb",
        BEFORE,
        revenue={"stays": 100, "joins": 40, "parts": 30},
        tiers={"stays": "silver", "joins": "gold"},
        segments={"joins": ["champions"], "parts": ["lapsed"]},
        suppressed={"stays": ["unsubscribed"]},
    )
    after = state(
        folder / "after.duckdb",
        AFTER,
        revenue={"stays": 140, "parts": 10, "part_two": 20},
        tiers={"stays": "gold"},
        segments={"stays": ["champions"], "parts": ["lapsed"]},
        suppressed={"stays": ["unsubscribed"]},
    )
    return before, after


def lines_of(file: Path) -> set[tuple[str, ...]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return {tuple(line) for line in csv.reader(stream)}


def test_the_difference_of_two_states_by_hand(states: tuple[Path, Path], tmp_path: Path) -> None:
    found = review_identity.compare(*states, tmp_path / "review")
    assert sorted(found.customers) == [
        ("id moved", 1, 1),  # renamed, with r5
        ("lost", 1, 0),  # goes, which has no person record
        ("merge", 1, 2),  # stays, with r1 and r2
        ("new", 1, 1),  # comes, with r7
        ("split", 1, 2),  # parts, with r3 and r4
    ]
    assert found.identifiers_moved == 7  # r2; r4, e4; r5, e5; e6; r7
    assert found.facts == [("revenue", 4), ("segment", 2), ("tier", 2)]
    assert found.revenue_moved == 60  # 40 to stays, 20 to part_two


def test_every_difference_is_in_the_files(states: tuple[Path, Path], tmp_path: Path) -> None:
    found = review_identity.compare(*states, tmp_path)
    files = {file.stem: lines_of(file) for file in found.files}
    assert files["customers"] == {
        ("change", "customer_id", "others", "record_count"),
        ("id moved", "renamed", "new_name", "1"),
        ("lost", "goes", "", "0"),
        ("merge", "stays", "joins stays", "2"),
        ("new", "comes", "", "1"),
        ("split", "parts", "part_two parts", "2"),
    }
    assert ("e6", "email", "goes", "") in files["identifiers"]
    assert ("r7", "customer_record", "", "comes") in files["identifiers"]
    assert len(files["identifiers"]) == 1 + 7
    assert files["consequences"] == {
        ("customer_id", "fact", "value_before", "value_after"),
        ("joins", "revenue", "40.00", ""),
        ("joins", "segment champions", "member", ""),
        ("joins", "tier club", "gold", ""),
        ("part_two", "revenue", "", "20.00"),
        ("parts", "revenue", "30.00", "10.00"),
        ("stays", "revenue", "100.00", "140.00"),
        ("stays", "segment champions", "", "member"),
        ("stays", "tier club", "silver", "gold"),
    }


def test_a_state_does_not_differ_from_itself(states: tuple[Path, Path], tmp_path: Path) -> None:
    found = review_identity.compare(states[0], states[0], tmp_path)
    assert found == Review([], [], 0.0, 0, found.files)
    assert review_identity.in_words(found, "main")[1:] == ["  Nothing changes."]


def test_the_review_in_words_counts_customers_and_consequences() -> None:
    found = Review([("split", 2, 1500)], [("tier", 3)], 60.0, 7, [Path("review/customers.csv")])
    text = "\n".join(review_identity.in_words(found, "main"))
    for said in ("split", "(1,500 person records)", "7 identifiers", "tier", "60.00", "review/"):
        assert said in text


def test_a_revision_that_is_not_there_is_named() -> None:
    with (
        pytest.raises(ReviewError, match="There is no revision no-such-revision"),
        review_identity.project_at("no-such-revision"),
    ):
        pass


# ---- replay ------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Paths:
    (tmp_path / "landing").mkdir()
    return Paths.from_env(
        {"CDP_LANDING": f"{tmp_path}/landing", "CDP_WAREHOUSE": f"{tmp_path}/w.duckdb"}
    )


def landed(name: str, batch_id: int, landed_at: str) -> Landed:
    return Landed(f"contract/customers/{name}.csv", f"hash of {name}", batch_id, landed_at)


def test_batches_are_landed_in_their_order_and_built_at_their_time(
    place: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing_ledger.remember(
        place.landing,
        [
            landed("late", 11, "2026-03-02T10:00:00"),
            landed("early", 2, "2026-03-01T10:00:00"),
            landed("early too", 2, "2026-03-01T10:00:00"),
        ],
    )
    done: list[tuple[Any, ...]] = []

    def load(*_: Any, until_batch: int) -> SimpleNamespace:
        done.append(("land", until_batch))
        return SimpleNamespace(rows=1)

    monkeypatch.setattr(replay.landing, "load", load)
    monkeypatch.setattr(replay, "_dbt", lambda _, *arguments: done.append(arguments))
    assert replay.replay(place) == 2
    build = ("run", "--select", "+int_identity__registry", "+int_customer__refusals")
    first, last = (f'{{"as_of": "{datetime(2026, 3, day, 10)}"}}' for day in (1, 2))
    assert done == [
        ("land", 2),
        ("seed", "--vars", first),
        (*build, "--vars", first),
        ("land", 11),
        (*build, "--vars", last),
    ]


def test_nothing_to_replay_says_what_to_do(place: Paths) -> None:
    with pytest.raises(ReplayError, match="remembers no batch: `make run`"):
        replay.replay(place)


def test_a_warehouse_with_a_history_is_not_written_to(place: Paths) -> None:
    landing_ledger.remember(place.landing, [landed("a", 1, "2026-03-01T10:00:00")])
    with duckdb.connect(str(place.warehouse)) as connection:
        connection.execute("create table int_identity__registry (customer_id varchar)")
    with pytest.raises(ReplayError, match="history of its own"):
        replay.replay(place)


# ---- the three as commands ---------------------------------------------------------------------


@pytest.fixture
def environment(place: Paths, monkeypatch: pytest.MonkeyPatch) -> Paths:
    for name, value in place.as_env().items():
        monkeypatch.setenv(name, value)
    return place


def test_a_warehouse_that_is_not_there_is_one_line_and_no_traceback(
    environment: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (
        lambda: explain_identity.main(["crm|1"]),
        lambda: review_identity.main(["--base", "HEAD"]),
    ):
        assert command() == 1
        assert capsys.readouterr().err == (
            f"{environment.warehouse} is not there. `make run` builds it.\n"
        )


def test_a_warehouse_without_a_graph_is_one_line(
    environment: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    duckdb.connect(str(environment.warehouse)).close()
    assert explain_identity.main(["crm|1"]) == 1
    assert "has no identity graph yet. `make run` builds it." in capsys.readouterr().err


def test_a_file_that_is_no_warehouse_is_one_line(
    environment: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    landing_ledger.remember(environment.landing, [landed("a", 1, "2026-03-01T10:00:00")])
    environment.warehouse.write_text("no database " * 1000)
    for command in (lambda: explain_identity.main(["crm|1"]), lambda: replay.main([])):
        assert command() == 1
        assert str(environment.warehouse) in capsys.readouterr().err


@pytest.mark.parametrize("command", [explain_identity, review_identity, replay])
def test_an_unknown_option_ends_with_the_usage(
    command: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--no-such-option"])
    assert ended.value.code == 2
    assert f"usage: python -m {command.__name__}" in capsys.readouterr().err
