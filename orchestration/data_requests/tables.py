"""Tables of a connection: making one of values from Python, asking whether one is there."""

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


def has_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    """Whether the database of the connection has the table."""
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where database_name = current_database() "
            "and schema_name = ? and table_name = ?",
            [schema, table],
        ).fetchone()
    )
