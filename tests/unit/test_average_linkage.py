"""Clusters by mean linkage, against the rule written out over all pairs."""

from __future__ import annotations

from collections import defaultdict

import duckdb
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.model_runner import ModelRunner

LINK, MEAN = 2_000, -1_000
Pairs = dict[tuple[int, int], int]
PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]),
    st.integers(-9_000, 14_000),
    max_size=30,
)


@pytest.fixture(scope="module")
def runner() -> ModelRunner:
    return ModelRunner(duckdb.connect(config={"threads": 1}))


def clusters(runner: ModelRunner, pairs: Pairs) -> set[frozenset[int]]:
    rows = pd.DataFrame(
        [(a, b, weight) for (a, b), weight in pairs.items()],
        columns=["node_a", "node_b", "weight"],
        dtype="int64",
    )
    runner.connection.register("rows_of_pairs", rows)
    runner.connection.execute("create or replace table scored as select * from rows_of_pairs")
    runner.run_steps(
        "average_linkage",
        "clustered",
        "select * from scored",
        meta={"link_bits": LINK // 1000, "mean_bits": MEAN // 1000},
    )
    found = defaultdict(set)
    for node, cluster in runner.connection.execute("select * from clustered").fetchall():
        found[cluster].add(node)
    return {frozenset(nodes) for nodes in found.values()}


def merged_by_rule(pairs: Pairs) -> set[frozenset[int]]:
    """Merge clusters that are each other's best by mean, as long as there are any."""
    groups = {frozenset([node]) for pair in pairs for node in pair}
    while True:
        means: dict[frozenset[int], dict[frozenset[int], float]] = defaultdict(dict)
        for one in groups:
            for other in groups - {one}:
                between = [
                    weight for (a, b), weight in pairs.items() if {a, b} & one and {a, b} & other
                ]
                if between and max(between) >= LINK and sum(between) / len(between) >= MEAN:
                    means[one][other] = sum(between) / len(between)
        # How ties are broken is no part of the rule.
        assume(all(len(set(others.values())) == len(others) for others in means.values()))
        best = {one: max(others, key=others.__getitem__) for one, others in means.items()}
        mutual = {frozenset([one, other]) for one, other in best.items() if best[other] == one}
        if not mutual:
            return {group for group in groups if len(group) > 1}
        for one, other in mutual:
            groups = groups - {one, other} | {one | other}


@settings(max_examples=40, deadline=None)
@given(pairs=PAIRS)
def test_clusters_are_those_of_the_rule(runner: ModelRunner, pairs: Pairs) -> None:
    assert clusters(runner, pairs) == merged_by_rule(pairs)


def test_evidence_against_keeps_two_clusters_apart(runner: ModelRunner) -> None:
    pair_of_pairs = {(0, 1): 9_000, (2, 3): 8_000, (1, 2): 3_000}
    assert clusters(runner, pair_of_pairs) == {frozenset({0, 1, 2, 3})}
    against = {(0, 2): -6_000, (0, 3): -5_000, (1, 3): -4_000}
    assert clusters(runner, pair_of_pairs | against) == {frozenset({0, 1}), frozenset({2, 3})}
