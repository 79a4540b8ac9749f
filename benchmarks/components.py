"""Connected components in SQL beside scipy and Splink's clustering.

    python -m benchmarks.components [--edges 1000000 10000000] [--no-peer]

Two graphs of each size. `mixed`: mostly clusters of 2 to 10 nodes, chains up to 1,000, hubs of
10,000, numbers shuffled. `ordered chains`: paths of 100,000 nodes numbered along the way, the bad
case of methods that pass on the least label. Edges lie in a table when the clock starts, labels in
a table when it stops: for scipy that includes reading the edges out and writing the labels back.
Splink is left out of the ordered chains: one of 20,000 edges took it more than ten minutes.

Then, on `mixed` of each size and in a warehouse file, labels that follow changes: 1 % of the edges
added in one batch, nothing new, and a ten-thousandth removed, as a share of building all labels.

Each line is a process of its own. Prints CPU seconds, seconds and peak GiB, and checks that the
number of components is scipy's.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import cpu_seconds
from benchmarks.model_runner import ROOT, ModelRunner
from benchmarks.sides import SPLINK, run_side, with_splink
from orchestration.yaml_files import read_yaml

MEMORY_LIMIT = "6GB"
CHAIN = 100_000

# A node follows another in its group (chains), or the group's first (hubs), or either (clusters).
MIXED = """
    with
    positions as (
        select
            number,
            case
                when number < {edges} * 0.90 then number // (2 + (number // 64) % 9)
                when number < {edges} * 0.95 then -(number // (50 + (number // 4096) % 950)) - 1
                else -1000000000 - number // 10000
            end as chunk
        from range({edges}) as numbers (number)
    ),
    numbered as (
        select
            number,
            chunk,
            number - min(number) over (partition by chunk) as place,
            min(number) over (partition by chunk) as first_number
        from positions
    ),
    linked as (
        select
            number as node_a,
            case
                when place = 0 then number
                when chunk >= 0 and hash(number) % 3 = 0 then first_number
                when chunk <= -1000000000 then first_number
                else number - 1
            end as node_b
        from numbered
    )
    select
        (node_a * 48271 % 2147483647)::bigint as node_a,
        (node_b * 48271 % 2147483647)::bigint as node_b
    from linked
    where node_a <> node_b
"""
CHAINS = f"""
    select number as node_a, number + 1 as node_b
    from range({{edges}}) as numbers (number)
    where number % {CHAIN} <> {CHAIN} - 1
"""
GRAPHS = {"mixed": MIXED, "ordered chains": CHAINS}
STEPS = ("all", "1 % added", "nothing new", ".01 % removed")


def open_edges(file: Path, database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A connection with the table edges, set up as the warehouse is."""
    settings = read_yaml(ROOT / "profiles.yml")["customer_data_platform"]["outputs"]["duckdb"]
    connection = duckdb.connect(
        database,
        config={
            "threads": 2,
            "memory_limit": MEMORY_LIMIT,
            "preserve_insertion_order": settings["settings"]["preserve_insertion_order"],
            "checkpoint_threshold": settings["settings"]["checkpoint_threshold"],
        },
    )
    connection.execute(f"create table edges as select node_a, node_b from '{file}'")
    return connection


def clocked(work: Callable[[], Any]) -> dict[str, float]:
    """CPU seconds and seconds of a piece of work."""
    before, started = cpu_seconds(), time.perf_counter()
    work()
    return {"cpu": cpu_seconds() - before, "seconds": time.perf_counter() - started}


def component_count(connection: duckdb.DuckDBPyConnection, labels: str, column: str) -> int:
    """Number of components among labels of nodes."""
    row = connection.execute(f"select count(distinct {column}) from {labels}").fetchone()
    assert row is not None
    return int(row[0])


def run_sql(file: Path) -> dict[str, float]:
    """The materialisation of the project."""
    connection = open_edges(file)
    runner = ModelRunner(connection)
    cost = clocked(
        lambda: runner.run_steps(
            "connected_components", "labels", "select node_a, node_b from edges"
        )
    )
    return {**cost, "components": component_count(connection, "labels", "component")}


def run_scipy(file: Path) -> dict[str, float]:
    """scipy, its reading of the edges and writing of the labels included."""
    import numpy as np
    import pandas as pd
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    connection = open_edges(file)

    def work() -> None:
        edges = connection.execute("select node_a, node_b from edges").fetchnumpy()
        nodes, codes = np.unique(
            np.concatenate([edges["node_a"], edges["node_b"]]), return_inverse=True
        )
        half = len(codes) // 2
        graph = coo_matrix(
            (np.ones(half, dtype=np.int8), (codes[:half], codes[half:])),
            shape=(len(nodes), len(nodes)),
        )
        count, found = connected_components(graph, directed=False)
        least = np.full(count, np.iinfo(np.int64).max)
        np.minimum.at(least, found, nodes)
        labels = pd.DataFrame({"node": nodes, "component": least[found]})
        connection.register("labels_frame", labels)
        connection.execute("create table labels as select * from labels_frame")

    return {**clocked(work), "components": component_count(connection, "labels", "component")}


def run_splink(file: Path) -> dict[str, float]:
    """Splink's clustering of the same edges, each a match."""
    from splink import DuckDBAPI
    from splink.clustering import cluster_pairwise_predictions_at_threshold

    connection = open_edges(file)
    connection.execute(
        "create table nodes as select node_a as unique_id from edges union select node_b from edges"
    )
    connection.execute(
        "create table matches as select node_a as unique_id_l, node_b as unique_id_r, "
        "1.0::double as match_probability from edges"
    )
    found: list[str] = []

    def work() -> None:
        clustered = cluster_pairwise_predictions_at_threshold(
            "nodes",
            "matches",
            DuckDBAPI(connection),
            node_id_column_name="unique_id",
            edge_id_column_name_left="unique_id_l",
            edge_id_column_name_right="unique_id_r",
            threshold_match_probability=0.5,
        )
        found.append(clustered.physical_name)

    cost = clocked(work)
    return {**cost, "components": component_count(connection, found[0], "cluster_id")}


def run_changes(file: Path) -> dict[str, dict[str, float]]:
    """Labels that follow changes, on top of the state of the step before."""
    # A file, so that writing to disk what changed is part of the cost on both sides.
    connection = open_edges(file, str(file.with_suffix(".duckdb")))
    runner = ModelRunner(connection)
    part = "hash(node_a, node_b) % 10000"
    batch = f"case when {part} < 100 then 21 else {part} % 20 end"
    costs = {}
    for step, condition in zip(
        STEPS, (f"{part} >= 100", "true", "true", f"{part} <> 5000"), strict=True
    ):
        sql = f"select node_a, node_b, {batch} as edge_group from edges where {condition}"
        costs[step] = clocked(
            partial(
                runner.run_steps, "connected_components", "labels", sql, meta={"keeps_state": True}
            )
        )
    return costs


RUNS: dict[str, Callable[[Path], Any]] = {
    "sql": run_sql,
    "scipy": run_scipy,
    SPLINK: run_splink,
    "changes": run_changes,
}


def find(side: str, file: Path) -> tuple[dict[str, Any], float]:
    """What one side found in a process of its own, and its peak GiB."""
    found = file.with_name(f"{file.stem}_{side}.json")
    peak_gib = run_side("benchmarks.components", side, file, found)
    return json.loads(found.read_text()), peak_gib


def compare(graph: str, edges: int, folder: Path, sides: Sequence[str]) -> None:
    """Print the lines of one graph."""
    file = folder / f"{graph.replace(' ', '_')}_{edges}.parquet"
    with duckdb.connect(config={"threads": 2, "memory_limit": MEMORY_LIMIT}) as connection:
        connection.execute(
            f"copy ({GRAPHS[graph].format(edges=edges)}) to '{file}' (format parquet)"
        )
        row = connection.execute(f"select count(*) from '{file}'").fetchone()
    assert row is not None
    counts = {}
    for side in sides:
        if side == SPLINK and graph != "mixed":
            continue
        found, peak_gib = find(side, file)
        counts[side] = found["components"]
        print(
            f"{graph:<16} {row[0]:>11,} {side:<7} {found['cpu']:>8.1f} {found['seconds']:>8.1f}"
            f" {peak_gib:>6.2f} {found['components']:>12,}",
            flush=True,
        )
    if len(set(counts.values())) > 1:
        raise SystemExit(f"{graph}: the sides find different components: {counts}")
    if graph == "mixed":
        costs, _ = find("changes", file)
        for step, cost in costs.items():
            share = cost["cpu"] / costs["all"]["cpu"]
            print(
                f"{'  labels kept':<16} {'':>11} {step:<14} {cost['cpu']:>8.2f} CPU s {share:>7.1%}"
            )
    file.unlink()


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--edges", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--no-peer", action="store_true", help="leave Splink out")
    parser.add_argument("--side", nargs=3, metavar=("SIDE", "SOURCE", "TARGET"))
    options = parser.parse_args(arguments)
    if options.side:
        side, source, target = options.side
        Path(target).write_text(json.dumps(RUNS[side](Path(source))))
        return
    sides = with_splink(["sql", "scipy"], is_left_out=options.no_peer)
    print(
        f"{'graph':<16} {'edges':>11} {'side':<7} {'CPU s':>8} {'seconds':>8} {'GiB':>6}"
        f" {'components':>12}"
    )
    with tempfile.TemporaryDirectory(prefix="cdp-bench-") as temporary:
        for edges in options.edges:
            for graph in GRAPHS:
                compare(graph, edges, Path(temporary), sides)


if __name__ == "__main__":
    main()
