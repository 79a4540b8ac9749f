"""What stays of a request that is done: a file that names nobody, and its copy in the warehouse.

Belongs here: writing the files, and the two tables ``landing.erasure_certificates`` and
``landing.retention_purges`` that dbt reads. Does not: what is done (erasure.py, purge.py,
lifting.py).

The files are the record and outlive the warehouse: every load takes over what its tables lack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.data_requests.tables import fill
from orchestration.paths import Paths
from orchestration.whole_files import write_whole

ERASURES = {
    "request_id": "varchar",
    "requested_at": "timestamp",
    "completed_at": "timestamp",
    "rows_deleted": "bigint",
    "rows_masked": "bigint",
    "rows_of_others_masked": "bigint",
    "files_rewritten": "bigint",
    "removal_count": "bigint",
    "tables_searched": "bigint",
    "files_searched": "bigint",
    "hit_count": "bigint",
}
PURGES = {
    "purge_id": "varchar",
    "as_of": "timestamp",
    "purged_at": "timestamp",
    "source_table": "varchar",
    "scope": "varchar",
    "action": "varchar",
    "retention_days": "bigint",
    "retention_from": "varchar",
    "purged_count": "bigint",
    "held_back_count": "bigint",
}


def write(paths: Paths, request_id: str, fields: Mapping[str, Any]) -> Path:
    """Write the file of a request that is done; a second call replaces it."""
    certificate = paths.certificates / f"{request_id}.json"
    certificate.parent.mkdir(parents=True, exist_ok=True)
    write_whole(certificate, json.dumps({"request_id": request_id, **fields}, indent=2) + "\n")
    return certificate


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create both tables, empty where they are not there yet."""
    connection.execute("create schema if not exists landing")
    for table, columns in (("erasure_certificates", ERASURES), ("retention_purges", PURGES)):
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        connection.execute(f"create table if not exists landing.{table} ({declared})")


def recall(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Add to the tables what the files say and they lack; a warning for each damaged file."""
    create_tables(connection)
    erasures: list[tuple[Any, ...]] = []
    purges: list[tuple[Any, ...]] = []
    warnings = []
    for file in sorted(folder.glob("*.json")):
        try:
            fields = json.loads(file.read_text(encoding="utf-8"))
            if "tables" in fields:
                purges += [purge_row(fields, table) for table in fields["tables"]]
            elif "rows_that_led_to_the_person" in fields:
                erasures.append(erasure_row(fields))
        except (ValueError, KeyError, TypeError, AttributeError):
            warnings.append(
                f"{file}: is damaged and counts in no report. Put it back from a backup."
            )
    _add(connection, "erasure_certificates", "request_id", ERASURES, erasures)
    _add(connection, "retention_purges", "purge_id", PURGES, purges)
    return warnings


def _add(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    columns: dict[str, str],
    rows: list[tuple[Any, ...]],
) -> None:
    fill(connection, "recalled", columns, rows)
    connection.execute(
        f"insert into landing.{table} by name "
        f"select * from recalled where {key} not in (select {key} from landing.{table})"
    )


def erasure_row(certificate: Mapping[str, Any]) -> tuple[Any, ...]:
    """The row of landing.erasure_certificates that a certificate makes."""
    steps = certificate["steps"]
    rows = steps["landed rows"]["rows"].values()
    verification = steps["verification"]
    return (
        str(certificate["request_id"]),
        _time(certificate["requested_at"]),
        _time(certificate["completed_at"]),
        sum(count for action, count in rows if action == "deleted"),
        sum(count for action, count in rows if action == "masked"),
        steps["landed rows"]["rows of others that named the person"],
        steps["landing files"]["rewritten"],
        sum(steps["removals"].values()),
        verification["tables"],
        verification["files"],
        verification["found"],
    )


def purge_row(report: Mapping[str, Any], table: Mapping[str, Any]) -> tuple[Any, ...]:
    """The row of landing.retention_purges that the report of a purge makes of one table."""
    return (
        str(report["request_id"]),
        _time(report["as_of"]),
        _time(report["purged_at"]),
        *(table[name] for name in list(PURGES)[3:]),
    )


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
