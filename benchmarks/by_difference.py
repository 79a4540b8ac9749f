"""Whether a table is cheaper written by difference than replaced, model by model.

    python -m benchmarks.by_difference --folder <what build_scaling --folder kept>/16000

For the largest tables of the marts and the way back to source records: CPU seconds of writing the
table anew, beside those of computing its rows, comparing them with the rows that are there and
writing only what differs, with nothing new and with one row in a hundred new. Rows are compared by
the digest of all their columns, with how often they occur, so whatever changed is found. The
warehouse is only read.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.measure import cpu_seconds

TABLES = 8


@dataclass(frozen=True)
class Costs:
    """CPU seconds of one table: written anew, and by difference."""

    model: str
    rows: int
    replaced: float
    nothing_new: float
    few_new: float


def largest_tables(connection: duckdb.DuckDBPyConnection, target: Path) -> dict[str, str]:
    """SELECT of the largest tables, by model."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    compiled = target / "compiled" / manifest["metadata"]["project_name"]
    sizes = {
        (schema, table): size
        for schema, table, size in connection.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables()"
        ).fetchall()
    }
    tables = [
        (sizes.get((node["schema"], node["alias"]), 0), node["name"], node["original_file_path"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["config"]["materialized"] == "table"
        and (node["fqn"][1] == "marts" or node["name"] == "identity_source_records")
    ]
    return {
        name: (compiled / path).read_text(encoding="utf-8")
        for _, name, path in sorted(tables, reverse=True)[:TABLES]
    }


def cost_of(connection: duckdb.DuckDBPyConnection, statements: Sequence[str]) -> float:
    """What the statements cost together."""
    started = cpu_seconds()
    for statement in statements:
        connection.execute(statement)
    return cpu_seconds() - started


def measure(connection: duckdb.DuckDBPyConnection, model: str, select: str) -> Costs:
    """One table, in the scratch database that the connection is on."""
    replace = [f"create or replace table kept as {select}", "checkpoint"]
    replaced = min(cost_of(connection, replace) for _ in range(2))
    columns = ", ".join(f'"{row[0]}"' for row in connection.execute("describe kept").fetchall())
    digest = f"hash({columns})"
    compare = [
        "create or replace temp table rows_now as "
        f"select *, {digest} as row_digest from ({select})",
        "create or replace temp table changes as select row_digest from ("
        "select row_digest, 1 as occurrences from rows_now "
        f"union all select {digest} as row_digest, -1 as occurrences from kept"
        ") group by row_digest having sum(occurrences) <> 0",
    ]
    write = [
        "begin transaction",
        f"delete from kept where {digest} in (select row_digest from changes)",
        f"insert into kept select {columns} from rows_now "
        "where row_digest in (select row_digest from changes)",
        "commit",
        "checkpoint",
    ]
    nothing_new = min(cost_of(connection, compare) for _ in range(2))
    few_new = []
    for _ in range(2):
        connection.execute(f"delete from kept where {digest} % 100 = 0")
        connection.execute("checkpoint")
        few_new.append(cost_of(connection, [*compare, *write]))
    row = connection.execute("select count(*) from kept").fetchone()
    assert row is not None
    return Costs(model, int(row[0]), replaced, nothing_new, min(few_new))


def main() -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, required=True, help="a size of build_scaling")
    folder = parser.parse_args().folder
    print(f"{'model':<34}{'rows':>10}{'replaced':>10}{'nothing new':>18}{'1 % new':>18}")
    with tempfile.TemporaryDirectory(prefix="cdp-bench-") as temporary:
        scratch = Path(temporary) / "scratch.duckdb"
        with duckdb.connect(str(scratch), config={"threads": 1}) as connection:
            connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
            connection.execute(f"attach '{folder / 'warehouse.duckdb'}' (read_only)")
            for model, select in largest_tables(connection, folder / "target").items():
                costs = measure(connection, model, select)
                cells = "".join(
                    f"{seconds:>10.2f} ({seconds / costs.replaced:>4.0%})"
                    for seconds in (costs.nothing_new, costs.few_new)
                )
                print(
                    f"{costs.model:<34}{costs.rows:>10,}{costs.replaced:>10.2f}{cells}", flush=True
                )


if __name__ == "__main__":
    main()
