"""Dagster's history, in which an error may have quoted a person.

Belongs here: taking the runs that name a person out of the SQLite files that Dagster keeps by
default. Does not: a history in another database, and the logs of steps, which are files
(``renewal.reports``).

No run is configured or tagged with anything of a person. But Dagster keeps what a failed run said,
and the message of an error may have a value in it.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from orchestration.data_requests import scan

PATIENCE_SECONDS = 60.0  # for whoever writes to the history meanwhile


def forget(mentions: str) -> int:
    """Delete the finished runs that name a person, and their bytes; returns how many they were.

    mentions: the pattern of ``Person.mentions``. The history is that of DAGSTER_HOME, if it is set.
    Raises sqlite3.OperationalError when a database stays locked.
    """
    home = os.environ.get("DAGSTER_HOME")
    if not home:
        return 0
    history = list(scan.files_below([Path(home) / "history"]))
    named = {
        path.with_name(path.name.removesuffix("-wal").removesuffix("-shm"))
        for path in scan.count_in_files(history, mentions)
    }
    runs = {run for path in named for run in _runs_in(path, re.compile(mentions, re.IGNORECASE))}
    deleted = _delete(runs, (path for path in history if path.suffix == ".db")) if runs else 0
    for path in named:
        with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS)) as connection:
            connection.execute("vacuum")  # deleted rows stay in the pages of the file
            connection.execute("pragma wal_checkpoint(truncate)")
    return deleted


def _runs_in(database: Path, mentions: re.Pattern[str]) -> set[str]:
    """Runs of which a row names a person, in any table."""

    def names(*values: object) -> bool:
        return any(isinstance(value, str) and mentions.search(value) for value in values)

    with closing(sqlite3.connect(database, timeout=PATIENCE_SECONDS)) as connection:
        connection.create_function("names_a_person", -1, names)
        found: set[str] = set()
        for table in _tables_of_runs(connection):
            columns = [row[1] for row in connection.execute(f'pragma table_info("{table}")')]
            values = ", ".join(f'"{column}"' for column in columns)
            found |= {
                run
                for (run,) in connection.execute(
                    f'select distinct run_id from "{table}" where names_a_person({values})'
                )
                if run
            }
    return found


def _tables_of_runs(connection: sqlite3.Connection) -> list[str]:
    return [
        table
        for (table,) in connection.execute(
            "select tables.name from sqlite_master as tables "
            "inner join pragma_table_info(tables.name) as columns on columns.name = 'run_id' "
            "where tables.type = 'table'"
        )
    ]


def _delete(runs: Iterable[str], databases: Iterable[Path]) -> int:
    """Delete runs as Dagster does, then what that leaves of them (results of asset checks)."""
    import dagster as dg  # takes seconds

    with dg.DagsterInstance.get() as instance:
        finished = [
            run
            for run in runs
            if (known := instance.get_run_by_id(run)) is None or known.is_finished
        ]
        for run in finished:
            instance.delete_run(run)
    for path in databases:
        with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS)) as connection, connection:
            for table in _tables_of_runs(connection):
                connection.executemany(
                    f'delete from "{table}" where run_id = ?', [(run,) for run in finished]
                )
    return len(finished)
