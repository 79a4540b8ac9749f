"""Components that keep limits, against taking the links one by one from the strongest on."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.model_runner import ModelRunner

COLUMNS = {
    "node_a": "bigint",
    "node_b": "bigint",
    "kind": "varchar",
    "strength": "bigint",
    "item_type": "varchar",
    "item_limit": "bigint",
    "window_seconds": "bigint",
    "seen_at_seconds": "double",
}
LIMITS = {"card": (2, None), "phone": (2, 100), "record": (None, None)}


@dataclass(frozen=True)
class Graph:
    items: dict[int, tuple[str, int]]  # node -> type, seconds at which it was first seen
    links: list[tuple[int, int, int]]  # node, node, strength
    apart: list[tuple[int, int]]

    def rows(self) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = [
            (a, b, "link", strength, None, None, None, None) for a, b, strength in self.links
        ]
        rows += [(a, b, "apart", None, None, None, None, None) for a, b in self.apart]
        for node, (kind, seen) in self.items.items():
            limit, window = LIMITS[kind]
            rows.append((node, None, "item", None, kind, limit, window, float(seen)))
        return rows


def breaks_a_limit(graph: Graph, nodes: set[int]) -> bool:
    if any(a in nodes and b in nodes for a, b in graph.apart):
        return True
    seen: dict[str, list[int]] = defaultdict(list)
    for node in nodes:
        seen[graph.items[node][0]].append(graph.items[node][1])
    for kind, times in seen.items():
        limit, window = LIMITS[kind]
        if limit is None:
            continue
        if window is None and len(times) > limit:
            return True
        if window is not None and any(
            sum(1 for other in times if 0 <= time - other < window) > limit for time in times
        ):
            return True
    return False


def one_by_one(graph: Graph) -> dict[int, int]:
    """node -> least node of its component, by taking links from the strongest to the weakest."""

    def order(link: tuple[int, int, int]) -> tuple[int, ...]:
        low, high = min(link[:2]), max(link[:2])
        return (-link[2], (low * 48271 + high * 69621) % 2147483647, low, high)

    component = {node: {node} for node in graph.items}
    for a, b, _ in sorted(graph.links, key=order):
        together = component[a] | component[b]
        if component[a] is not component[b] and not breaks_a_limit(graph, together):
            for node in together:
                component[node] = together
    return {node: min(nodes) for node, nodes in component.items()}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(2, 12))
    node = st.integers(1, count)
    pair = st.tuples(node, node).filter(lambda ends: ends[0] != ends[1])
    return Graph(
        items={
            n: (draw(st.sampled_from(sorted(LIMITS))), draw(st.integers(0, 300)))
            for n in range(1, count + 1)
        },
        links=[
            (*ends, draw(st.sampled_from([10, 20, 20, 30])))
            for ends in draw(st.lists(pair, max_size=25))
        ],
        apart=draw(st.lists(pair, max_size=2)),
    )


@pytest.fixture(scope="module")
def runner() -> ModelRunner:
    return ModelRunner(duckdb.connect(config={"threads": 1}))


def found(runner: ModelRunner, graph: Graph) -> dict[int, int]:
    definition = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    runner.connection.execute(f"create or replace table graph_rows ({definition})")
    rows = pd.DataFrame(graph.rows(), columns=list(COLUMNS))  # noqa: F841  (read by name)
    runner.connection.execute("insert into graph_rows select * from rows")
    runner.run_steps("limited_components", "limited", "select * from graph_rows")
    return dict(runner.connection.execute("select node, component from limited").fetchall())


@settings(max_examples=150, deadline=None)
@given(graph=graphs())
def test_rounds_end_where_the_one_by_one_order_ends(runner: ModelRunner, graph: Graph) -> None:
    assert found(runner, graph) == one_by_one(graph)


@settings(max_examples=30, deadline=None)
@given(graph=graphs(), data=st.data())
def test_the_order_of_rows_plays_no_part(
    runner: ModelRunner, graph: Graph, data: st.DataObject
) -> None:
    links = data.draw(st.permutations(graph.links))
    turned = [(b, a, strength) for a, b, strength in links]
    assert found(runner, graph) == found(runner, Graph(graph.items, turned, graph.apart))


def test_a_hub_keeps_as_many_as_it_may(runner: ModelRunner) -> None:
    cards = {n: ("card", 0) for n in range(1, 41)}
    graph = Graph(
        items={0: ("record", 0), **cards},
        links=[(0, n, 100 - n) for n in cards],
        apart=[],
    )
    labels = found(runner, graph)
    assert sorted(n for n, component in labels.items() if component == 0) == [0, 1, 2]
    assert all(labels[a] != labels[b] for a, b in itertools.combinations(range(3, 41), 2)), (
        "cards that were cut off stay alone"
    )
