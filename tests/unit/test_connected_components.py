"""The connected_components materialisation against scipy, through dbt, in a throw-away project.

Many disjoint graphs ride in one run: each has its own range of node numbers, so one dbt invocation
proves hundreds of graphs and still shows that no graph leaks into another.
"""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).resolve().parents[2]
Edges = list[tuple[int, int]]


def random_graph(rng: random.Random) -> Edges:
    """Edges of a random graph: density, duplicates, reversed copies and self loops all vary."""
    nodes = rng.randint(1, 60)
    edges = [
        (rng.randrange(nodes), rng.randrange(nodes))
        for _ in range(rng.randint(0, int(nodes * rng.choice([0.3, 0.8, 1.0, 2.0, 5.0]))))
    ]
    edges += [(b, a) for a, b in edges if rng.random() < 0.2]
    edges += [edge for edge in edges if rng.random() < 0.2]
    return edges + [(node, node) for node in range(nodes) if rng.random() < 0.3]


def shaped_graphs() -> list[Edges]:
    """Chains in every order, stars, grids, rings, cliques, trees, combs, single nodes."""
    rng = random.Random(5)
    shuffled = list(range(3000))
    rng.shuffle(shuffled)
    side = 40
    grid = [(r * side + c, r * side + c + 1) for r in range(side) for c in range(side - 1)]
    grid += [(r * side + c, (r + 1) * side + c) for r in range(side - 1) for c in range(side)]
    comb = [(i, i + 1) for i in range(499)] + [(i, 500 + i) for i in range(500)]
    return [
        [(i, i + 1) for i in range(20000)],
        [(i + 1, i) for i in range(5000)][::-1],
        list(itertools.pairwise(shuffled)),
        [(i, i + 1000) for i in range(0, 50000)][::1000],
        [(0, i) for i in range(1, 20001)],
        [(20000, i) for i in range(20000)],
        grid,
        [(i, (i + 1) % 777) for i in range(777)],
        [(i, j) for i in range(40) for j in range(i)],
        [(i, (i - 1) // 2) for i in range(1, 4096)],
        comb,
        [(0, 1), (0, 2), (1, 3), (2, 3)],
        [(7, 7)],
        [(2, 9)] * 50,
        [(i, i + 2) for i in range(2000)] + [(0, 1)],
    ]


def expected_components(edges: pd.DataFrame) -> pd.DataFrame:
    """node -> least node of its component, by scipy."""
    nodes, codes = np.unique(edges[["node_a", "node_b"]].to_numpy().ravel(), return_inverse=True)
    codes = codes.reshape(-1, 2)
    graph = coo_matrix(
        (np.ones(len(codes), dtype=np.int8), (codes[:, 0], codes[:, 1])),
        shape=(len(nodes), len(nodes)),
    )
    _, labels = connected_components(graph, directed=False)
    result = pd.DataFrame({"node": nodes, "label": labels})
    result["component"] = result.groupby("label")["node"].transform("min")
    return result[["node", "component"]].sort_values("node", ignore_index=True)


class ThrowAwayProject:
    """A dbt project that holds the shipped macros and one model per graph table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = folder / "graphs.duckdb"
        macros = folder / "macros"
        macros.mkdir()
        for name in ("materializations/connected_components", "materializations/steps"):
            shutil.copy(ROOT / f"macros/{name}.sql", macros)
        for name in ("unsupported", "row_digest"):
            shutil.copy(ROOT / f"macros/cross_db/{name}.sql", macros)
        (folder / "models").mkdir()
        (folder / "dbt_project.yml").write_text(
            "name: graphs\nversion: '1.0.0'\nprofile: graphs\n"
            "flags: {send_anonymous_usage_stats: false}\n"
        )
        (folder / "profiles.yml").write_text(
            "graphs:\n  target: test\n  outputs:\n    test:\n      type: duckdb\n"
            f"      path: {self.warehouse}\n      threads: 1\n"
        )

    def add(self, name: str, edges: pd.DataFrame, **meta: object) -> None:
        """Land a table of edges and a model over it."""
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.register("edges", edges)
            connection.execute(f"create table {name}_edges as select * from edges")
        (self.folder / "models" / f"{name}.sql").write_text(
            f"{{{{ config(materialized='connected_components', meta={meta}) }}}}\n"
            f"select node_a, node_b from {name}_edges\n"
        )

    def run(self, *select: str) -> subprocess.CompletedProcess[str]:
        """One dbt run of the named models."""
        command = [str(Path(sys.executable).parent / "dbt"), "run", "--profiles-dir", "."]
        return subprocess.run(
            [*command, "--select", *select], cwd=self.folder, capture_output=True, text=True
        )

    def rows(self, query: str) -> pd.DataFrame:
        with duckdb.connect(str(self.warehouse)) as connection:
            return connection.execute(query).df()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThrowAwayProject]:
    """All graphs labelled by one dbt run, which finds the leftovers of a killed one."""
    folder = tmp_path_factory.mktemp("graphs")
    project = ThrowAwayProject(folder)
    rng = random.Random(20260101)
    pieces: list[Edges] = shaped_graphs() + [random_graph(rng) for _ in range(400)]
    offset = 0
    rows: Edges = []
    for piece in pieces:
        rows += [(a + offset, b + offset) for a, b in piece]
        offset += 1 + max((max(edge) for edge in piece), default=0)
    rng.shuffle(rows)
    edges = pd.DataFrame(rows, columns=["node_a", "node_b"])
    project.add("numbered", edges)
    project.add("wide_numbers", edges * 4_000_000_007 - 5_000_000_000)
    project.add("texts", edges.map(lambda node: f"n{node:09d}"))
    project.add("with_nulls", pd.DataFrame({"node_a": [1, 2, None], "node_b": [2, None, 9]}))
    project.add("nothing", edges.head(0))
    project.add("too_few_rounds", edges, max_rounds=1)
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute("create table numbered__level_77 as select 1 as low")
        connection.execute("create table numbered__edges as select 1 as node_a")
        connection.execute("create table numbered as select 'old result' as node")
    result = project.run("numbered", "wide_numbers", "texts", "with_nulls", "nothing")
    assert result.returncode == 0, result.stdout
    assert result.stdout.count("0 edges left") == 5
    project.edges = edges  # type: ignore[attr-defined]
    yield project


@pytest.mark.parametrize("name", ["numbered", "wide_numbers", "texts"])
def test_labels_equal_scipy(project: ThrowAwayProject, name: str) -> None:
    edges = project.rows(f"select node_a, node_b from {name}_edges")
    found = project.rows(f"select node, component from {name} order by node")
    pd.testing.assert_frame_equal(found, expected_components(edges), check_dtype=False)


def test_a_null_end_declares_no_edge(project: ThrowAwayProject) -> None:
    found = project.rows("select node, component from with_nulls order by node")
    assert found.to_numpy().tolist() == [[1, 1], [2, 1]]


def test_no_edges_give_no_rows(project: ThrowAwayProject) -> None:
    assert project.rows("select * from nothing").empty


def test_no_working_table_is_left(project: ThrowAwayProject) -> None:
    left = project.rows(
        "select table_name from duckdb_tables() where table_name like '%\\_\\_%' escape '\\'"
    )
    assert left.empty, left


def test_too_few_rounds_is_an_error_and_the_old_result_stays(project: ThrowAwayProject) -> None:
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute("create or replace table too_few_rounds as select 'old' as node")
    result = project.run("too_few_rounds")
    assert result.returncode != 0
    assert "edges left after 1 rounds" in result.stdout
    assert "Raise config meta max_rounds" in result.stdout
    assert project.rows("select node from too_few_rounds").to_numpy().tolist() == [["old"]]
    assert project.rows(
        "select table_name from duckdb_tables() where contains(table_name, '__')"
    ).empty
