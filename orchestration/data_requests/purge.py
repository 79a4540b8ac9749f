"""Purge: what has been kept for its time goes, as an erasure would take it.

Belongs here: the steps, the journal by which a killed purge goes on, the report. Does not: which
rows are due (retention.py), how rows are taken out (landed_rows.py) and files rewritten
(landing_files.py).

What went counts nowhere any more: landed = accepted + duplicate + rejected holds of what is left,
as it would after a reading of the purged files. The report says what went.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import landing_ledger, landing_reader, publish
from orchestration import manifest as dbt_manifest
from orchestration.data_requests import (
    certificates,
    landed_rows,
    landing_files,
    renewal,
    tombstones,
)
from orchestration.data_requests.landed_rows import LandedTable
from orchestration.data_requests.person import NO_MENTIONS
from orchestration.data_requests.retention import (
    FORGOTTEN,
    REGISTRY,
    UNREAD_LINES,
    UNREAD_ROWS,
    find_due,
    treated,
)
from orchestration.data_requests.steps import (
    Journaled,
    Say,
    Step,
    StoppedError,
    each,
    make,
    once,
    write_journal,
)
from orchestration.data_requests.tables import fill, has_table
from orchestration.paths import ROOT, Paths


@dataclass
class Purge(Journaled):
    """A purge under way: what the journal holds, and where to work. as_of: UTC without zone."""

    paths: Paths
    say: Say
    request_id: str
    as_of: datetime
    done: dict[str, Any] = field(default_factory=dict)

    @property
    def journal(self) -> Path:
        """The file that says how far this purge is."""
        return journals(self.paths) / f"{self.request_id}.json"

    def keep(self) -> None:
        """Write the journal."""
        write_journal(
            self.journal,
            {"request_id": self.request_id, "as_of": self.as_of.isoformat(), "done": self.done},
        )

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse, to be written."""
        with duckdb.connect(
            str(self.paths.warehouse), config=publish.engine_config(self.paths)
        ) as connection:
            connection.execute("set TimeZone = 'UTC'")
            yield connection


def journals(paths: Paths) -> Path:
    """Folder of the purge under way."""
    return paths.warehouse.parent / "purges"


def unfinished(paths: Paths, say: Say) -> Purge | None:
    """The purge that was begun and not finished, if there is one."""
    for journal in sorted(journals(paths).glob("*.json")):
        kept = json.loads(journal.read_text())
        as_of = datetime.fromisoformat(kept["as_of"])
        return Purge(paths, say, kept["request_id"], as_of, kept["done"])
    return None


def begin(paths: Paths, as_of: datetime, say: Say) -> Purge:
    """A purge of what is due at a time; nothing is changed."""
    stamp = datetime.now(UTC)
    name = f"{tombstones.OF_PURGE}{stamp:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    return Purge(paths, say, name, as_of)


# ---- the steps -------------------------------------------------------------------------------


def purge_rows(case: Purge) -> Any:
    """The raw tables without what is due, and the report of it, in one transaction.

    What went is noted in landing.purged_rows until the files are without it as well.
    """
    with case.warehouse() as connection:
        certificates.create_tables(connection)
        if not _report_of(connection, case):
            connection.begin()
            counted = find_due(connection, dbt_manifest.load(), case.as_of, root=ROOT)
            take_out(connection, landed_rows.landed_tables(dbt_manifest.load()))
            purged_at = datetime.now(UTC).replace(tzinfo=None)
            bury_ids(connection, case, purged_at)
            fill(
                connection,
                "report",
                certificates.PURGES,
                [(case.request_id, case.as_of, purged_at, *astuple(one)) for one in counted],
            )
            connection.execute("insert into landing.retention_purges by name from report")
            connection.commit()
        report = _report_of(connection, case)
    return {
        "purged": sum(table["purged_count"] for table in report),
        "held back": sum(table["held_back_count"] for table in report),
    }


def bury_ids(connection: duckdb.DuckDBPyConnection, case: Purge, purged_at: datetime) -> None:
    """Tombstones of the customer ids that the log forgets, so that none is given out again.

    Those of unknown visitors have none: they are many, and no more than a cookie that is gone.
    """
    ids = connection.execute("select customer_id from due_ids where not is_anonymous").fetchall()
    tombstones.create_table(connection)
    if ids:
        at = purged_at.isoformat(timespec="seconds")
        tombstones.add(
            connection,
            (
                tombstones.Tombstone(tombstones.digest_of_id(one), case.request_id, at)
                for (one,) in ids
            ),
        )
        tombstones.remember(connection, case.paths.landing)


def _report_of(connection: duckdb.DuckDBPyConnection, case: Purge) -> list[dict[str, Any]]:
    """What the purge has done, by table and scope; empty when it has not yet."""
    names = list(certificates.PURGES)[2:]
    rows = connection.execute(
        f"select {', '.join(names)} from landing.retention_purges "
        "where purge_id = ? order by source_table, scope",
        [case.request_id],
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def take_out(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, LandedTable]) -> None:
    """Delete or mask what ``find_due`` found, within the caller's transaction."""
    connection.execute(
        "create table landing.purged_rows as select * exclude (is_held) from due_rows "
        "where not is_held"
    )
    for source_table, scope in connection.execute(
        "select distinct source_table, scope from landing.purged_rows where scope not in (?, ?) "
        "order by all",
        [UNREAD_ROWS, UNREAD_LINES],
    ).fetchall():
        fill(connection, "found_rows", landed_rows.FOUND_ROWS, [])
        connection.execute(
            "insert into found_rows select * exclude (scope) from landing.purged_rows "
            "where source_table = ? and scope = ?",
            [source_table, scope],
        )
        landed_rows.take_out(
            connection,
            {source_table: treated(tables[source_table], scope)},
            leaves_line=False,
        )
    is_purged = f"""
        exists (
            select 1
            from landing.purged_rows as purged
            where
                purged.scope in ('{UNREAD_ROWS}', '{UNREAD_LINES}')
                and purged.source_table = rejected_rows.source_table
                and purged.landed_file = rejected_rows._file
                and purged.landed_row = rejected_rows._row
                and purged.landed_at = rejected_rows.landed_at
        )
    """
    connection.execute(
        f"""
        update landing.files
        set rejected_count = files.rejected_count - gone.gone_count
        from (
            select _file, batch_id, count(*) as gone_count
            from landing.rejected_rows where {is_purged} group by all
        ) as gone
        where files.file = gone._file and files.batch_id = gone.batch_id
        """
    )
    connection.execute(f"delete from landing.rejected_rows where {is_purged}")
    connection.execute(f"delete from {REGISTRY} where {FORGOTTEN}")


def purge_files(case: Purge) -> Any:
    """Landing files without what went, so that nothing comes back when they are read again."""
    tables = landed_rows.landed_tables(dbt_manifest.load())
    found, _ = landing_reader.find_files(case.paths.landing, landing_reader.read_declarations(ROOT))
    files = {file.name: file for file in found}
    rewritten, absent = set(), set()
    with case.warehouse() as connection:
        if not has_table(connection, "landing", "purged_rows"):
            return {}
        for name, source_table, scope, rows in connection.execute(
            """
            select landed_file, source_table, scope, list(landed_row)
            from landing.purged_rows
            inner join (
                select file, arg_max(loaded_at, batch_id) as landed_at
                from landing.files
                group by file
            ) as latest
                on
                    purged_rows.landed_file = latest.file
                    and purged_rows.landed_at = latest.landed_at
            group by all
            order by all
            """
        ).fetchall():
            if name not in files:
                absent.add(name)
                continue
            landing_files.rewrite(
                connection,
                files[name],
                treated(tables[source_table], scope),
                () if scope == UNREAD_LINES else rows,
                NO_MENTIONS,
                keeps_lines=scope != UNREAD_LINES,
            )
            landing_files.note_content(connection, files[name])
            rewritten.add(name)
        warning = landing_ledger.remember(case.paths.landing, landing_ledger.landed(connection))
        if warning is not None:
            raise StoppedError(warning)
        connection.execute("drop table landing.purged_rows")
    return {"rewritten": len(rewritten), "no longer in the folder": sorted(absent)}


STEPS: tuple[Step[Purge], ...] = (
    Step("landed rows", each(purge_rows)),
    Step("landing files", each(purge_files)),
)
# Nothing is made again when nothing went.
RENEWAL: tuple[Step[Purge], ...] = (
    Step("build", once(lambda case: renewal.rebuild(case.paths, case.request_id))),
    Step("warehouse file", once(lambda case: renewal.rewrite_warehouse(case.paths))),
    Step("publication", once(lambda case: renewal.publish_again(case.paths))),
    Step("reports", once(lambda case: renewal.remove_former_reports(case.paths, case.request_id))),
)


def purge(
    case: Purge,
    steps: Sequence[Step[Purge]] = STEPS,
    renewal_steps: Sequence[Step[Purge]] = RENEWAL,
) -> Path:
    """Make the steps that are not done yet; returns the report. Hold the writer's lock.

    Raises StoppedError, or whatever stops a step; the same call then goes on from there.
    """
    make([case], steps)
    if case.done["landed rows"]["purged"]:
        make([case], renewal_steps)
    with case.warehouse() as connection:
        report = _report_of(connection, case)
    purged_at = {table.pop("purged_at").isoformat() for table in report}
    certificate = certificates.write(
        case.paths,
        case.request_id,
        {
            "as_of": case.as_of.isoformat(),
            "purged_at": max(purged_at),
            "completed_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "tables": report,
            "steps": case.done,
        },
    )
    case.journal.unlink()
    return certificate
