"""Labels that follow added and removed edges, against scipy, whatever comes in between."""

from __future__ import annotations

from contextlib import suppress

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_connected_components import expected_components

from benchmarks.model_runner import ModelRunner

NODES = 14
Edge = tuple[int, int, int]  # node_a, node_b, edge_group
EDGES = st.tuples(st.integers(0, NODES), st.integers(0, NODES), st.integers(1, 4))
# A step adds some edges and takes some of those that are there, by their position.
STEPS = st.lists(
    st.tuples(st.lists(EDGES, max_size=8), st.sets(st.integers(0, 30), max_size=6)),
    min_size=1,
    max_size=6,
)


class Killed(BaseException):
    """Raised where a process would be killed."""


class MortalConnection:
    """A connection that is killed before one of its statements."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.left: int | None = None  # statements before the kill; None for none

    def execute(self, *arguments: object) -> duckdb.DuckDBPyConnection:
        if self.left == 0:
            self.left = None
            raise Killed
        if self.left is not None:
            self.left -= 1
        return self.connection.execute(*arguments)

    def register(self, name: str, rows: pd.DataFrame) -> None:
        self.connection.register(name, rows)


@pytest.fixture(scope="module")
def runner() -> ModelRunner:
    return ModelRunner(MortalConnection())


def relabel(
    runner: ModelRunner, edges: list[Edge], *, as_text: bool, full_refresh: bool = False
) -> pd.DataFrame:
    """Build the labels over these edges on top of the last state."""
    rows = pd.DataFrame(edges, columns=["node_a", "node_b", "edge_group"], dtype="int64")
    if as_text:
        rows[["node_a", "node_b"]] = rows[["node_a", "node_b"]].map(lambda node: f"n{node:02d}")
    kind = "varchar" if as_text else "bigint"
    runner.connection.register("rows_of_step", rows)
    runner.connection.execute(
        f"create or replace table graph_edges as select node_a::{kind} as node_a, "
        f"node_b::{kind} as node_b, edge_group from rows_of_step"
    )
    runner.run_steps(
        "connected_components",
        "labels",
        "select node_a, node_b, edge_group from graph_edges",
        full_refresh=full_refresh,
        meta={"keeps_state": True},
    )
    return runner.connection.execute("select node, component from labels order by node").df()


def expected(edges: list[Edge], *, as_text: bool) -> pd.DataFrame:
    if not edges:
        return pd.DataFrame({"node": [], "component": []})
    rows = pd.DataFrame([edge[:2] for edge in edges], columns=["node_a", "node_b"])
    labels = expected_components(rows)
    return labels.map(lambda node: f"n{node:02d}") if as_text else labels


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, as_text=st.booleans())
def test_any_order_of_additions_and_removals_ends_in_the_labels_of_a_full_recompute(
    runner: ModelRunner, steps: list[tuple[list[Edge], set[int]]], as_text: bool
) -> None:
    runner.connection.execute("drop table if exists labels")
    runner.connection.execute("drop table if exists labels__state_edges")
    edges: list[Edge] = []
    for added, taken in steps:
        edges = [edge for position, edge in enumerate(edges) if position not in taken] + added
        found = relabel(runner, edges, as_text=as_text)
        pd.testing.assert_frame_equal(
            found, expected(edges, as_text=as_text), check_dtype=False, check_index_type=False
        )


@settings(max_examples=40, deadline=None)
@given(
    steps=STEPS,
    kills=st.lists(st.tuples(st.integers(0, 80), st.booleans()), min_size=6, max_size=6),
)
def test_a_killed_run_is_healed_by_the_next(
    runner: ModelRunner,
    steps: list[tuple[list[Edge], set[int]]],
    kills: list[tuple[int, bool]],
) -> None:
    """kills: before which statement of a step, and whether the step is a full refresh."""
    runner.connection.execute("drop table if exists labels")
    runner.connection.execute("drop table if exists labels__state_edges")
    edges: list[Edge] = [(1, 2, 1), (2, 3, 1), (5, 6, 1)]
    relabel(runner, edges, as_text=False)
    for (added, taken), (statements, full_refresh) in zip(steps, kills, strict=False):
        edges = [edge for position, edge in enumerate(edges) if position not in taken] + added
        runner.connection.left = statements
        with suppress(Killed):
            relabel(runner, edges, as_text=False, full_refresh=full_refresh)
        runner.connection.left = None
    found = relabel(runner, edges, as_text=False)
    pd.testing.assert_frame_equal(
        found, expected(edges, as_text=False), check_dtype=False, check_index_type=False
    )


def test_only_what_edges_reach_is_looked_at(runner: ModelRunner) -> None:
    """A label that was falsified by hand stays false until an edge reaches its component."""
    runner.connection.execute("drop table if exists labels")
    base: list[Edge] = [(1, 2, 1), (5, 6, 1), (8, 9, 1)]
    relabel(runner, base, as_text=False)
    runner.connection.execute("update labels set component = 99 where node in (5, 6)")
    found = relabel(runner, [*base, (2, 3, 2)], as_text=False)
    labels = dict(zip(found["node"], found["component"], strict=True))
    assert labels == {1: 1, 2: 1, 3: 1, 5: 99, 6: 99, 8: 8, 9: 8}


def test_an_edge_that_stays_in_another_group_keeps_its_component(runner: ModelRunner) -> None:
    runner.connection.execute("drop table if exists labels")
    relabel(runner, [(1, 2, 1), (1, 2, 2), (2, 3, 1)], as_text=False)
    found = relabel(runner, [(1, 2, 2), (2, 3, 1)], as_text=False)
    assert np.array_equal(found["component"].to_numpy(), [1, 1, 1])
