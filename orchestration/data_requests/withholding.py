"""What lands of people who were erased: it is withheld or masked before anybody reads it.

Belongs here: looking at new rows with the tombstones. Does not: reading files (landing.py), what
becomes of a row (landed_rows.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration import manifest as dbt_manifest
from orchestration.data_requests import landed_rows, tombstones

# What parts the words of a rejected row: whatever cannot be in an address or an id.
BETWEEN_WORDS = "[^0-9a-z@._+-]+"


def withhold(
    connection: duckdb.DuckDBPyConnection, landing: Path, landed_at: Sequence[datetime]
) -> int:
    """Take erased people out of what landed at these times; returns the number of rows changed.

    Within the caller's transaction. Raises PepperError without the key, and MissingViewError when
    the staging views that tell whose a row is have not been made.
    """
    tombstones.recall(connection, landing)
    if not landed_at or not tombstones.are_there(connection):
        return 0
    tombstones.use(connection, tombstones.pepper())
    dbt_manifest.prepare()
    manifest = dbt_manifest.load()

    def is_erased(text: str) -> str:
        return f"{tombstones.digest_sql(text)} in (select digest from landing.tombstones)"

    landed_rows.find(connection, manifest, is_erased, landed_at)
    done = landed_rows.take_out(connection, landed_rows.landed_tables(manifest))
    return sum(done.values()) + _withhold_rejected(connection, is_erased, landed_at)


def _withhold_rejected(
    connection: duckdb.DuckDBPyConnection,
    is_erased: landed_rows.Wanted,
    landed_at: Sequence[datetime],
) -> int:
    """Rows that the loader could not read have no columns: any word in them may name the person."""
    times = ", ".join(f"timestamp '{time}'" for time in landed_at)
    changed = connection.execute(
        f"""
        update landing.rejected_rows
        set payload = null, reason = '{landed_rows.WITHHELD}'
        where rowid in (
            select row_id
            from (
                select
                    rowid as row_id,
                    unnest(string_split_regex(lower(payload), '{BETWEEN_WORDS}')) as word
                from landing.rejected_rows
                where landed_at in ({times})
            )
            where {is_erased("'mention|' || word")}
        )
        """
    ).fetchone()
    return int(changed[0]) if changed else 0
