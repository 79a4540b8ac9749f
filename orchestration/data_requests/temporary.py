"""Values from Python as a temporary table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb


def fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: dict[str, str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Make the temporary table, or make it anew. columns: their types; rows: one value of each."""
    lists = [list(values) for values in zip(*rows, strict=True)] or [[] for _ in columns]
    unnested = ", ".join(
        f'unnest(cast(${position} as {kind}[])) as "{name}"'
        for position, (name, kind) in enumerate(columns.items(), start=1)
    )
    connection.execute(f"create or replace temp table {table} as select {unnested}", lists)
