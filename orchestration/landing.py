"""Load the landing folder into the warehouse: every file exactly once, typed as declared.

What belongs here: which files are new, inserting their rows, the ledger of what has been read. What
does not: finding and reading files (landing_reader.py), cleaning, renaming, business rules (dbt).

    landing/<source>/<table>/*.{parquet,csv,jsonl}    or landing/<source>/<table>.parquet (...)
    -> landing_<source>.<table>   declared columns, then _batch_id, _landed_at, _file, _row

The declared tables are the dbt sources (models/staging/<source>/_<source>__sources.yml): column
names and types, `config.meta.optional` on columns, on tables `config.meta.required` and, where CSV
files are not UTF-8 with commas, `config.meta.delimiter` and `config.meta.encoding` (utf-8, latin-1
or utf-16). Files of a table with `config.meta.full_snapshots` carry the date of their delivery in
the path below the table's folder; files with the same date are parts of one snapshot.

A call is one transaction: a load that fails or is killed has changed nothing, and the next one
reads the same files again. A file is known by its name below the landing folder and its content. A
name that comes back with other content is loaded again as new rows of a new batch (staging keeps
the latest version of each record); what an earlier content brought stays.

Rows of people who were erased are withheld or masked before the load is committed.

A row without any value is no row, like an empty line: purges leave such rows in files so that the
others keep their places.

Values that do not fit their declared type send their row to landing.rejected_rows. A file that
cannot be read as a whole (column missing, truncated Parquet, other type of column) stops the load
with a LandingError that names the file, the table and the mend.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration import landing_ledger
from orchestration.data_requests import certificates
from orchestration.data_requests.landed_rows import MissingViewError
from orchestration.data_requests.tombstones import PepperError
from orchestration.data_requests.withholding import withhold
from orchestration.landing_reader import (
    DeclaredColumn,
    DeclaredTable,
    LandingError,
    LandingFile,
    ReadingPlan,
    check_columns,
    column_casts,
    date_snapshot,
    find_files,
    first_line,
    identifier,
    is_empty,
    is_header,
    literal,
    mend,
    raw_column,
    raw_rows,
    read_declarations,
    snapshot_times,
)
from orchestration.whole_files import write_whole

MAX_PROBLEMS_SHOWN = 20

Say = Callable[[str], None]


@dataclass(frozen=True)
class TableLoad:
    """What one call brought for one table."""

    source_table: str
    files: int
    rows: int
    rejected: int


@dataclass(frozen=True)
class LoadSummary:
    """What one call brought. batch_id is None when there was nothing new.

    drift: columns of the files that nobody declared. changes: what is different in the columns of a
    file from the file of the same table before it.
    """

    batch_id: int | None
    tables: tuple[TableLoad, ...] = ()
    drift: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """Files read."""
        return sum(table.files for table in self.tables)

    @property
    def rows(self) -> int:
        """Rows landed in the raw tables, rejected rows not counted."""
        return sum(table.rows for table in self.tables)

    @property
    def rejected(self) -> int:
        """Rows that the loader rejected."""
        return sum(table.rejected for table in self.tables)


def load(
    landing_dir: Path | str,
    warehouse_path: Path | str,
    project_dir: Path | str = ".",
    *,
    landed_at: datetime | None = None,
    until_batch: int | None = None,
    say: Say | None = None,
) -> LoadSummary:
    """Read every new file of the landing folder into the warehouse, all or nothing.

    landed_at: UTC time without zone to stamp on the rows; default: the clock. until_batch: leave
    out files that the folder remembers as of a later batch. say: receives progress lines. Creates
    the warehouse, every declared table and the ledger when they are not there. Raises LandingError,
    with the warehouse unchanged.
    """
    say = say or (lambda line: None)
    landing = Path(landing_dir)
    declarations = read_declarations(project_dir)
    with _Warehouse(warehouse_path) as connection:
        connection.begin()
        create_tables(connection, declarations.values())
        _date_landed_snapshots(connection, declarations.values())
        files, warnings = find_files(landing, declarations)
        warnings += certificates.recall(connection, Path(warehouse_path).parent / "certificates")
        plans, new_warnings = _check_files(connection, files, declarations, say)
        warnings += new_warnings
        batches = _batches(connection, plans, landing, landed_at, until_batch)
        tables: list[TableLoad] = []
        drift: list[str] = []
        changes: list[str] = []
        for batch_id, (stamp, batch) in sorted(batches.items()):
            batch_tables, batch_drift = _read_files(connection, batch, batch_id, stamp, say)
            tables += batch_tables
            drift += batch_drift
            changes += _changes_of(connection, batch_id)
        stamps = {stamp for stamp, _ in batches.values()}
        try:
            withheld = withhold(connection, landing, sorted(stamps))
        except (PepperError, MissingViewError) as error:
            raise LandingError(str(error)) from error
        if withheld:
            say(f"landing: {withheld:,} rows of erased people withheld or masked")
        connection.commit()
        warning = landing_ledger.remember(landing, landing_ledger.landed(connection))
    if warning is not None:
        warnings.append(warning)
    return LoadSummary(
        max(batches, default=None),
        tuple(tables),
        tuple(dict.fromkeys(drift)),
        tuple(changes),
        tuple(warnings),
    )


def ensure_tables(warehouse_path: Path | str, project_dir: Path | str = ".") -> None:
    """Create every declared table and the ledger, empty where they are not there yet."""
    declarations = read_declarations(project_dir)
    with _Warehouse(warehouse_path) as connection:
        connection.begin()
        create_tables(connection, declarations.values())
        connection.commit()


def create_tables(
    connection: duckdb.DuckDBPyConnection, declarations: Iterable[DeclaredTable]
) -> None:
    """Create the ledger and the raw tables; add columns that were declared since."""
    connection.execute(
        """
        create schema if not exists landing;
        create table if not exists landing.files (
            file varchar not null,
            source_name varchar not null,
            source_table varchar not null,
            batch_id bigint not null,
            row_count bigint not null,
            rejected_count bigint not null,
            bytes bigint not null,
            modified_at timestamp not null,
            content_hash varchar not null,
            loaded_at timestamp not null,
            snapshot_at timestamp
        );
        alter table landing.files add column if not exists snapshot_at timestamp;
        create table if not exists landing.rejected_rows (
            source_name varchar not null,
            source_table varchar not null,
            _file varchar not null,
            _row bigint not null,
            batch_id bigint not null,
            landed_at timestamp not null,
            reason varchar not null,
            payload varchar
        );
        create table if not exists landing.drift (
            source_table varchar not null,
            column_name varchar not null,
            data_type varchar not null,
            file varchar not null,
            batch_id bigint not null
        );
        create table if not exists landing.file_columns (
            source_table varchar not null,
            column_name varchar not null,
            data_type varchar
        );
        create table if not exists landing.column_changes (
            source_table varchar not null,
            column_name varchar not null,
            change varchar not null,
            file varchar not null,
            batch_id bigint not null
        );
        create table if not exists landing.instance (customer_id_key varchar not null);
        """
    )
    certificates.create_tables(connection)
    if not connection.execute("select 1 from landing.instance").fetchone():
        connection.execute(
            "insert into landing.instance values (?)", [_customer_id_key(connection)]
        )
    existing = _existing_columns(connection)
    for table in declarations:
        present = existing.get(("landing_" + table.source, table.name))
        if present is None:
            columns = ", ".join(
                f"{identifier(column.name)} {column.data_type}" for column in table.columns
            )
            connection.execute(
                f"create schema if not exists {identifier('landing_' + table.source)}"
            )
            connection.execute(
                f"create table {table.relation} ({columns}, _batch_id bigint, "
                "_landed_at timestamp, _file varchar, _row bigint)"
            )
            continue
        for column in table.columns:
            if column.name.lower() not in present:
                connection.execute(
                    f"alter table {table.relation} "
                    f"add column {identifier(column.name)} {column.data_type}"
                )
            elif present[column.name.lower()] != _duckdb_type(column.data_type):
                _retype(connection, table, column)


def _customer_id_key(connection: duckdb.DuckDBPyConnection) -> str:
    """The key that customer ids are made with: given, kept beside the warehouse, or new.

    The file beside the warehouse outlives it, so that a warehouse that was lost is rebuilt with the
    same ids.
    """
    given = os.environ.get("CDP_CUSTOMER_ID_KEY")
    if given:
        return given
    row = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    if row is None or row[0] is None:
        return secrets.token_hex(32)
    kept = Path(row[0]).with_name("customer_id_key")
    if kept.exists():
        return kept.read_text(encoding="utf-8").strip()
    key = secrets.token_hex(32)
    write_whole(kept, key + "\n", mode=0o600)
    return key


def _retype(
    connection: duckdb.DuckDBPyConnection, table: DeclaredTable, column: DeclaredColumn
) -> None:
    """Give a raw column the type that is declared for it now."""
    try:
        connection.execute(
            f"alter table {table.relation} "
            f"alter column {identifier(column.name)} set data type {column.data_type}"
        )
    except duckdb.Error as error:
        raise LandingError(
            f'table {table.source_table}: what has landed in column "{column.name}" does not fit '
            f"the type {column.data_type} that {table.declared_in} declares now "
            f"({first_line(error)}). Declare the former type, or land the table afresh."
        ) from error


def _check_files(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[LandingFile],
    declarations: dict[str, DeclaredTable],
    say: Say,
) -> tuple[list[ReadingPlan], list[str]]:
    """Plans of the new files. Raises one LandingError with every problem found."""
    known = {
        file: (size, modified_at, content_hash)
        for file, size, modified_at, content_hash in connection.execute(
            """
            select file, bytes, modified_at, content_hash
            from landing.files
            order by batch_id
            """
        ).fetchall()
    }
    landed_tables = {
        row[0]
        for row in connection.execute("select distinct source_table from landing.files").fetchall()
    }
    found_tables = {file.table.source_table for file in files}
    problems: list[str] = []
    for source in sorted({file.table.source for file in files}):
        for table in declarations.values():
            if (
                table.source == source
                and table.is_required
                and table.source_table not in found_tables | landed_tables
            ):
                problems.append(
                    f"landing/{source}: table {table.source_table} is required and has no file. "
                    f"Land it as landing/{source}/{table.name}/*.parquet (or csv, jsonl), or set "
                    f"required: false in {table.declared_in}."
                )
    plans: list[ReadingPlan] = []
    warnings: list[str] = []
    # An engine of its own: an unreadable file would abort the transaction of the load.
    reader = duckdb.connect()
    for file in files:
        plan = _new_plan(file, known.get(file.name))
        if plan is None:
            continue
        if file.table.is_full_snapshots:
            problems += date_snapshot(plan)
        if plan.bytes == 0 and file.format != "parquet":
            plan.is_empty = True
            warnings.append(
                f"{file.display}: the file is empty: no row for {file.table.source_table}."
            )
        else:
            problems += check_columns(reader, plan)
        plans.append(plan)
    if problems:
        shown = problems[:MAX_PROBLEMS_SHOWN]
        if len(problems) > len(shown):
            shown.append(f"... and {len(problems) - len(shown)} more.")
        raise LandingError("\n".join(shown))
    if plans:
        say(f"landing: {len(plans)} new files, {len(files) - len(plans)} known")
    return plans, warnings


def _new_plan(file: LandingFile, known: tuple[int, datetime, str] | None) -> ReadingPlan | None:
    """The plan of a file whose content the ledger does not hold under this name, else None."""
    status = file.path.stat()
    modified_at = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
    if known and (status.st_size, modified_at) == known[:2]:
        return None
    with file.path.open("rb") as stream:
        content_hash = hashlib.file_digest(stream, "sha256").hexdigest()
    if known and content_hash == known[2]:
        return None
    return ReadingPlan(file, status.st_size, modified_at, content_hash)


def _date_landed_snapshots(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[DeclaredTable]
) -> None:
    """Date what landed before its table was declared to come in full snapshots, where it can be."""
    for table in tables:
        if not table.is_full_snapshots:
            continue
        for (name,) in connection.execute(
            "select file from landing.files where source_table = ? and snapshot_at is null "
            "group by file",
            [table.source_table],
        ).fetchall():
            times = snapshot_times(name)
            if len(times) == 1:
                connection.execute(
                    "update landing.files set snapshot_at = ? where file = ?", [min(times), name]
                )


# ---- reading ---------------------------------------------------------------------------------


def _batches(
    connection: duckdb.DuckDBPyConnection,
    plans: Sequence[ReadingPlan],
    landing: Path,
    landed_at: datetime | None,
    until_batch: int | None,
) -> dict[int, tuple[datetime, list[ReadingPlan]]]:
    """The plans by batch: those that the folder remembers as they came once, all others after them.

    A batch that the warehouse has passed is not reopened: what it lacks of it comes as new.
    """
    row = connection.execute("select coalesce(max(batch_id), 0) from landing.files").fetchone()
    assert row is not None
    last = int(row[0])
    remembered = landing_ledger.read(landing)
    batches: dict[int, tuple[datetime, list[ReadingPlan]]] = {}
    new: list[ReadingPlan] = []
    for plan in plans:
        entry = remembered.get((plan.file.name, plan.content_hash))
        if entry is None or entry.batch_id <= last:
            new.append(plan)
        elif until_batch is None or entry.batch_id <= until_batch:
            batches.setdefault(entry.batch_id, (landed_at or entry.time, []))[1].append(plan)
    if new and until_batch is None:
        known = max((entry.batch_id for entry in remembered.values()), default=0)
        stamp = landed_at or datetime.now(UTC).replace(tzinfo=None)
        batches[max(last, known) + 1] = (stamp, new)
    return batches


def _read_files(
    connection: duckdb.DuckDBPyConnection,
    plans: Sequence[ReadingPlan],
    batch_id: int,
    landed_at: datetime,
    say: Say,
) -> tuple[list[TableLoad], list[str]]:
    """Insert the rows of every plan and the ledger lines; return the counts by table."""
    loads: list[TableLoad] = []
    drift: dict[str, None] = {}
    by_table: dict[str, list[ReadingPlan]] = {}
    for plan in plans:
        by_table.setdefault(plan.file.table.source_table, []).append(plan)
    for source_table, table_plans in by_table.items():
        started = time.monotonic()
        rows = rejected = 0
        for plan in table_plans:
            for name in _record_drift(connection, plan, batch_id):
                drift[f"{source_table}.{name}"] = None
            _record_changes(connection, plan, batch_id)
            file_rows, file_rejected = (0, 0)
            if not plan.is_empty:
                file_rows, file_rejected = _read_file(connection, plan, batch_id, landed_at)
            _check_unchanged(plan)
            connection.execute(
                "insert into landing.files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    plan.file.name,
                    plan.file.table.source,
                    source_table,
                    batch_id,
                    file_rows,
                    file_rejected,
                    plan.bytes,
                    plan.modified_at,
                    plan.content_hash,
                    landed_at,
                    plan.snapshot_at,
                ],
            )
            rows += file_rows
            rejected += file_rejected
        loads.append(TableLoad(source_table, len(table_plans), rows, rejected))
        note = f", {rejected:,} rejected" if rejected else ""
        say(
            f"landing: {source_table}: {rows:,} rows{note} from {len(table_plans)} files "
            f"({time.monotonic() - started:.1f} s)"
        )
    return loads, list(drift)


def _record_drift(
    connection: duckdb.DuckDBPyConnection, plan: ReadingPlan, batch_id: int
) -> list[str]:
    """Columns of the file that are not declared; remembered at their first sight."""
    declared = {column.name.lower() for column in plan.file.table.columns}
    extra = [name for name in plan.header if name and name.lower() not in declared]
    for name in extra:
        connection.execute(
            """
            insert into landing.drift
            select $1, $2, $3, $4, $5
            where not exists (
                select 1
                from landing.drift
                where source_table = $1 and column_name = $2
            )
            """,
            [
                plan.file.table.source_table,
                name,
                plan.types[name.lower()].lower(),
                plan.file.name,
                batch_id,
            ],
        )
    return extra


def _record_changes(
    connection: duckdb.DuckDBPyConnection, plan: ReadingPlan, batch_id: int
) -> None:
    """Keep what is different in the columns of a file from the one of the same table before it.

    Text files have no types, and a JSON object may leave out what it has no value for.
    """
    if plan.is_empty:
        return
    table = plan.file.table
    before = {
        name: data_type
        for name, data_type in connection.execute(
            "select column_name, data_type from landing.file_columns where source_table = ?",
            [table.source_table],
        ).fetchall()
    }
    now = {
        name.lower(): plan.types[name.lower()].lower() if plan.file.format == "parquet" else None
        for name in plan.header
        if name
    }
    if plan.file.format == "jsonl":
        now = {**{name: None for name in before}, **now}
    if now == before:
        return
    declared = {column.name.lower() for column in table.columns}
    changes = {}
    added = [name for name in now if name not in before]
    gone = [name for name in before if name not in now]
    for name in added:
        known = "declared" if name in declared else f"not declared in {table.declared_in}, left out"
        changes[name] = f"new ({known})"
    for name in gone:
        changes[name] = "gone, its values are NULL" if name in declared else "gone"
    if len(added) == len(gone) == 1:
        changes[gone[0]] += f"; renamed to {added[0]}?"
    for name, data_type in now.items():
        former = before.get(name)
        if data_type and former and data_type != former:
            changes[name] = f"{former} before, {data_type} now"
    for name, change in changes.items() if before else ():
        connection.execute(
            "insert into landing.column_changes values (?, ?, ?, ?, ?)",
            [table.source_table, name, change, plan.file.name, batch_id],
        )
    connection.execute(
        "delete from landing.file_columns where source_table = ?", [table.source_table]
    )
    for name, data_type in now.items():
        connection.execute(
            "insert into landing.file_columns values (?, ?, ?)",
            [table.source_table, name, data_type],
        )


def _changes_of(connection: duckdb.DuckDBPyConnection, batch_id: int) -> list[str]:
    """The changes that a batch brought, one line each."""
    return [
        f'landing/{file}: column "{column}" of {source_table}: {change}'
        for file, source_table, column, change in connection.execute(
            """
            select file, source_table, column_name, change
            from landing.column_changes
            where batch_id = ?
            order by source_table, file, column_name
            """,
            [batch_id],
        ).fetchall()
    ]


def _check_unchanged(plan: ReadingPlan) -> None:
    """Raise when a file moved under the reader: its rows could be a mixture."""
    status = plan.file.path.stat()
    modified_at = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
    if (status.st_size, modified_at) != (plan.bytes, plan.modified_at):
        raise LandingError(
            f"{plan.file.display}: the file changed while it was read (table "
            f"{plan.file.table.source_table}). Write files under a name that starts with a dot and "
            "rename them when they are complete; then load again."
        )


def _read_file(
    connection: duckdb.DuckDBPyConnection, plan: ReadingPlan, batch_id: int, landed_at: datetime
) -> tuple[int, int]:
    """Insert the rows of one file; return (rows landed, rows rejected)."""
    table = plan.file.table
    stamps = {"batch_id": batch_id, "landed_at": landed_at, "file": plan.file.name}
    casts = column_casts(plan)
    checks = [(column, check) for column, (_, check) in casts.items() if check]
    names = ", ".join(identifier(column.name) for column in table.columns)
    values = ", ".join(
        f"{value} as {identifier(column.name)}" for column, (value, _) in casts.items()
    )
    sound = " and ".join(f"({check})" for _, check in checks) or "true"
    if plan.file.format == "jsonl":
        sound = f"is_object and {sound}"
    sound = f"not ({is_header(plan)}) and {sound}"
    try:
        # One pass over the file. Rows with a fault land with a negative number and are taken out:
        # they are few, and to look for them first would be to read the file twice.
        inserted = connection.execute(
            f"""
            insert into {table.relation} ({names}, _batch_id, _landed_at, _file, _row)
            select
                {names}, $batch_id, $landed_at, $file, case when _is_sound then _row else -_row end
            from (
                select {values}, {sound} as _is_sound, {is_empty(plan)} as is_empty, _row
                from {raw_rows(plan, keep_errors=True)} as raw
            )
            where not is_empty
            """,
            stamps,
        ).fetchone()
        faulty = connection.execute(
            f"delete from {table.relation} where _batch_id = $batch_id and _row < 0",
            {"batch_id": batch_id},
        ).fetchone()
        assert inserted is not None and faulty is not None
        rejected = 0
        if plan.file.format != "parquet":
            rejected += _reject_lines(connection, plan, stamps)
        if faulty[0]:
            rejected += _reject_values(connection, plan, stamps, checks, sound)
    except duckdb.Error as error:
        raise LandingError(
            f"{plan.file.display}: cannot be read as {plan.file.format} (table "
            f"{table.source_table}): {first_line(error)} Write the file again, in full, or take "
            "it away."
        ) from error
    connection.execute("drop table if exists _line_errors; drop table if exists _line_scans")
    return int(inserted[0]) - int(faulty[0]), rejected


def _reject_lines(
    connection: duckdb.DuckDBPyConnection, plan: ReadingPlan, stamps: dict[str, object]
) -> int:
    """Move the lines that the reader could not split into columns to landing.rejected_rows."""
    count = connection.execute(
        """
        insert into landing.rejected_rows
        select
            $source,
            $source_table,
            $file,
            line,
            $batch_id,
            $landed_at,
            'line ' || line || ': ' || lower(any_value(error_type)),
            to_json(any_value(csv_line))
        from _line_errors
        group by line
        """,
        {**stamps, "source": plan.file.table.source, "source_table": plan.file.table.source_table},
    ).fetchone()
    return int(count[0]) if count else 0


def _reject_values(
    connection: duckdb.DuckDBPyConnection,
    plan: ReadingPlan,
    stamps: dict[str, object],
    checks: Sequence[tuple[DeclaredColumn, str]],
    sound: str,
) -> int:
    """Move the rows with a value of another type to landing.rejected_rows."""
    reasons = "".join(
        f" when not ({check}) then "
        + literal(f'column "{column.name}": ')
        + f" || coalesce(left(cast({raw_column(plan, column)} as varchar), 100), '') || "
        + literal(f" is not a {column.data_type}")
        + f" || {mend(raw_column(plan, column), column.data_type)}"
        for column, check in checks
    )
    reasons = f" when {is_header(plan)} then 'the header again'" + reasons
    if plan.file.format == "jsonl":
        reasons = " when not is_object then 'the line is not a JSON object'" + reasons
        payload = "line"
    else:
        payload = "to_json(raw)"
    count = connection.execute(
        f"""
        insert into landing.rejected_rows
        select
            $source,
            $source_table,
            $file,
            _row,
            $batch_id,
            $landed_at,
            case {reasons} end,
            {payload}
        from {raw_rows(plan, keep_errors=False)} as raw
        where not ({sound})
        """,
        {**stamps, "source": plan.file.table.source, "source_table": plan.file.table.source_table},
    ).fetchone()
    return int(count[0]) if count else 0


# ---- warehouse -------------------------------------------------------------------------------


class _Warehouse:
    """The warehouse file, opened for writing; leaving without commit changes nothing."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.connection = duckdb.connect(str(self.path))
        except duckdb.IOException as error:
            raise LandingError(
                f"{self.path}: cannot be opened for writing: {first_line(error)} Another process "
                "has it open, or the disk refuses; one writer at a time."
            ) from error
        settings = {
            "TimeZone": "UTC",
            "preserve_insertion_order": "false",
            "memory_limit": os.environ.get("CDP_MEMORY_LIMIT", "6GB"),
            "temp_directory": os.environ.get("CDP_TEMP", str(self.path.parent / "temp")),
            "threads": os.environ.get("CDP_THREADS", "2"),
        }
        for name, value in settings.items():
            self.connection.execute(f"set {name} = {literal(value)}")
        return self.connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.connection.close()
        if isinstance(error, duckdb.Error):
            raise LandingError(
                f"{self.path}: the load stopped and changed nothing: {first_line(error)}"
            ) from error


def _existing_columns(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], dict[str, str]]:
    """Types of the columns of every landed table, by (schema, table) and lower-case column."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for schema, table, column, data_type in connection.execute(
        """
        select schema_name, table_name, lower(column_name), data_type
        from duckdb_columns()
        where database_name = current_database() and schema_name like 'landing_%'
        """
    ).fetchall():
        found.setdefault((schema, table), {})[column] = data_type
    return found


def _duckdb_type(declared: str) -> str:
    """DuckDB's own spelling of a declared type."""
    return str(duckdb.sqltype(declared))


# ---- command line ----------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 1 and one message on standard error when the load is refused."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.landing", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--landing", default=os.environ.get("CDP_LANDING", "landing"))
    parser.add_argument(
        "--warehouse", default=os.environ.get("CDP_WAREHOUSE", "warehouse/warehouse.duckdb")
    )
    parser.add_argument("--project", default=".")
    parser.add_argument("--empty", action="store_true", help="only create the tables")
    options = parser.parse_args(arguments)
    try:
        if options.empty:
            ensure_tables(options.warehouse, options.project)
            print("landing: every declared table exists")
            return 0
        summary = load(
            options.landing,
            options.warehouse,
            options.project,
            say=lambda line: print(line, flush=True),
        )
    except LandingError as error:
        print(f"landing: nothing was loaded.\n{error}", file=sys.stderr)
        return 1
    for warning in summary.warnings:
        print(f"landing: warning: {warning}")
    for column in summary.drift:
        print(f"landing: not declared, left out: {column}")
    for change in summary.changes:
        print(f"landing: changed: {change}")
    if summary.batch_id is None:
        print("landing: nothing new")
    else:
        print(
            f"landing: batch {summary.batch_id}: {summary.rows:,} rows from {summary.files} files, "
            f"{summary.rejected:,} rejected"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
