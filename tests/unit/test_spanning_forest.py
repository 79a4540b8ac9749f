"""The links that hold components together, against a graph library."""

from __future__ import annotations

import duckdb
import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.model_runner import ModelRunner

Link = tuple[int, int, int]
NODE = st.integers(0, 15)
LINKS = st.lists(st.tuples(NODE, NODE, st.sampled_from([5, 10, 10, 15, 20])), max_size=40)


@pytest.fixture(scope="module")
def runner() -> ModelRunner:
    return ModelRunner(duckdb.connect(config={"threads": 1}))


def forest(runner: ModelRunner, links: list[Link]) -> list[Link]:
    rows = pd.DataFrame(links, columns=["node_a", "node_b", "strength"], dtype="int64")
    runner.connection.register("rows_of_links", rows)
    runner.connection.execute("create or replace table graph_links as select * from rows_of_links")
    runner.run_steps("spanning_forest", "forest", "select * from graph_links")
    return runner.connection.execute("select node_a, node_b, strength from forest").fetchall()


@settings(max_examples=120, deadline=None)
@given(links=LINKS)
def test_the_forest_spans_every_component_and_weighs_the_most(
    runner: ModelRunner, links: list[Link]
) -> None:
    graph = nx.Graph()
    for a, b, strength in links:
        if a != b and strength > graph.get_edge_data(a, b, {"weight": -1})["weight"]:
            graph.add_edge(a, b, weight=strength)
    found = forest(runner, links)
    best = nx.maximum_spanning_tree(graph)
    spanned = nx.Graph((a, b) for a, b, _ in found)
    assert len(found) == best.number_of_edges()
    assert sum(strength for *_, strength in found) == best.size(weight="weight")
    assert {frozenset(c) for c in nx.connected_components(spanned)} == {
        frozenset(c) for c in nx.connected_components(graph)
    }


@settings(max_examples=30, deadline=None)
@given(links=LINKS, data=st.data())
def test_the_order_of_links_plays_no_part(
    runner: ModelRunner, links: list[Link], data: st.DataObject
) -> None:
    turned = [(b, a, strength) for a, b, strength in data.draw(st.permutations(links))]
    assert sorted(forest(runner, links)) == sorted(forest(runner, turned))
