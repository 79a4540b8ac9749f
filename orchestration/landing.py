"""Load the landing folder into the warehouse: every file exactly once, typed as declared.

What belongs here: finding files, checking them against the declared tables, reading them with
DuckDB, the ledger of what has been read. What does not: cleaning, renaming, business rules (dbt).

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

Values that do not fit their declared type send their row to landing.rejected_rows. A file that
cannot be read as a whole (column missing, truncated Parquet, other type of column) stops the load
with a LandingError that names the file, the table and the mend.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import csv
import gzip
import hashlib
import io
import json
import os
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import duckdb

from orchestration import landing_ledger
from orchestration.data_requests.landed_rows import MissingViewError
from orchestration.data_requests.tombstones import PepperError
from orchestration.data_requests.withholding import withhold
from orchestration.yaml_files import read_yaml

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
}
LEDGER_SOURCE = "landing"  # the loader's own tables, declared for dbt but never landed
MAX_LINE_BYTES = 32 * 1024 * 1024  # longer CSV or JSON lines are rejected rows
MAX_HEADER_BYTES = 1024 * 1024
MAX_PROBLEMS_SHOWN = 20
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "latin-1", "utf-16")  # those that DuckDB reads without an extension
# What people write for nothing. In a column that is not text it sends its row to the rejects.
NULL_WORDS = ("null", "n/a", "#n/a", "na", "nan", "none", "nil", "\\n", "-", "--", "?")
# The ways of writing a value that another declaration can read: a pattern of the value, the mend.
MENDS = {
    "number": (
        "[+-]?[0-9.]*,[0-9]+",
        "figures with a comma: declare the column as string and read it with number_from_text",
    ),
    "time": (
        "[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4}.*",
        "day, month and year in another order, or a year of two figures: declare the column as "
        "string and read it with time_from_text",
    ),
}
# 2026-05-01, 2026/05/01, 20260501; a time of day follows a T: 2026-05-01T06-30. A number in another
# place is no time, so that parts may be numbered.
SNAPSHOT_TIME = re.compile(
    r"(?<![0-9A-Za-z])(?P<year>(?:19|20)[0-9]{2})(?P<mark>[-_./]?)(?P<month>[0-9]{2})(?P=mark)"
    r"(?P<day>[0-9]{2})(?:T(?P<hour>[0-9]{2})[-:]?(?P<minute>[0-9]{2})"
    r"(?:[-:]?(?P<second>[0-9]{2}))?Z?)?(?![0-9A-Za-z])"
)
# No text editor writes this character, and JSON may not hold it raw: one field per line.
NO_DELIMITER = "\x01"
# What is valid and begins so is an object; json_type would parse the line once more.
IS_OBJECT = "(json_valid(line) and ltrim(line, ' ' || chr(9) || chr(10) || chr(13)) like '{%')"

Say = Callable[[str], None]


class LandingError(Exception):
    """The landing folder cannot be loaded as it is; the warehouse is unchanged."""


@dataclass(frozen=True)
class DeclaredColumn:
    """One column of a landed table; data_type is the name used in the YAML file."""

    name: str
    data_type: str
    is_optional: bool


@dataclass(frozen=True)
class DeclaredTable:
    """One dbt source table that files may land in."""

    source: str
    name: str
    is_required: bool
    columns: tuple[DeclaredColumn, ...]
    declared_in: str
    delimiter: str = ","  # of its CSV files, as their encoding
    encoding: str = "utf-8"
    is_full_snapshots: bool = False

    @property
    def source_table(self) -> str:
        """Name as people write it: source.table."""
        return f"{self.source}.{self.name}"

    @property
    def relation(self) -> str:
        """Quoted name of the raw table in the warehouse."""
        return f"{_identifier('landing_' + self.source)}.{_identifier(self.name)}"


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


@dataclass(frozen=True)
class _File:
    """A data file found below the landing folder."""

    path: Path
    name: str  # below the landing folder, with forward slashes
    table: DeclaredTable
    format: str

    @property
    def display(self) -> str:
        return f"landing/{self.name}"


@dataclass
class _Plan:
    """A new file, checked: how each declared column is found in it."""

    file: _File
    bytes: int
    modified_at: datetime
    content_hash: str
    snapshot_at: datetime | None = None
    is_empty: bool = False
    header: list[str] = field(default_factory=list)  # columns of the file, in order
    types: dict[str, str] = field(default_factory=dict)  # DuckDB type of each, by lower-case name
    names: dict[str, str] = field(default_factory=dict)  # name in the file, by lower-case name


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
        files, warnings = _find_files(landing, declarations)
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
        warning = landing_ledger.remember(landing, _landed(connection))
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


def read_declarations(project_dir: Path | str = ".") -> dict[str, DeclaredTable]:
    """Return the tables that files may land in, by source.table, from the dbt source files."""
    root = Path(project_dir)
    tables: dict[str, DeclaredTable] = {}
    for path in sorted(root.glob("models/staging/*/_*__sources.yml")):
        for source in read_yaml(path).get("sources", []):
            if source["name"] == LEDGER_SOURCE:
                continue
            for entry in source["tables"]:
                table = DeclaredTable(
                    source=source["name"],
                    name=entry["name"],
                    is_required=bool(_meta(entry).get("required")),
                    columns=tuple(
                        DeclaredColumn(
                            column["name"],
                            column["data_type"],
                            bool(_meta(column).get("optional")),
                        )
                        for column in entry["columns"]
                    ),
                    declared_in=path.relative_to(root).as_posix(),
                    delimiter=str(_meta(entry).get("delimiter", ",")),
                    encoding=str(_meta(entry).get("encoding", "utf-8")),
                    is_full_snapshots=bool(_meta(entry).get("full_snapshots")),
                )
                if table.encoding not in ENCODINGS:
                    raise LandingError(
                        f"table {table.source_table}: no encoding is called {table.encoding}. "
                        f"Write one of {', '.join(ENCODINGS)} in {table.declared_in}."
                    )
                tables[table.source_table] = table
    if not tables:
        raise LandingError(
            f"{root.resolve()} declares no source tables (models/staging/*/_*__sources.yml). "
            "Run from the root of the project or give --project."
        )
    return tables


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
    if not connection.execute("select 1 from landing.instance").fetchone():
        connection.execute(
            "insert into landing.instance values (?)", [_customer_id_key(connection)]
        )
    existing = _existing_columns(connection)
    for table in declarations:
        present = existing.get(("landing_" + table.source, table.name))
        if present is None:
            columns = ", ".join(
                f"{_identifier(column.name)} {column.data_type}" for column in table.columns
            )
            connection.execute(
                f"create schema if not exists {_identifier('landing_' + table.source)}"
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
                    f"add column {_identifier(column.name)} {column.data_type}"
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
    kept.touch(mode=0o600)
    kept.write_text(key + "\n", encoding="utf-8")
    return key


def _retype(
    connection: duckdb.DuckDBPyConnection, table: DeclaredTable, column: DeclaredColumn
) -> None:
    """Give a raw column the type that is declared for it now."""
    try:
        connection.execute(
            f"alter table {table.relation} "
            f"alter column {_identifier(column.name)} set data type {column.data_type}"
        )
    except duckdb.Error as error:
        raise LandingError(
            f'table {table.source_table}: what has landed in column "{column.name}" does not fit '
            f"the type {column.data_type} that {table.declared_in} declares now "
            f"({_first_line(error)}). Declare the former type, or land the table afresh."
        ) from error


# ---- finding ---------------------------------------------------------------------------------


def _find_files(
    landing: Path, declarations: dict[str, DeclaredTable]
) -> tuple[list[_File], list[str]]:
    """Data files in name order, and a warning for everything that is not one."""
    if not landing.is_dir():
        return [], [f"{landing}: there is no landing folder, so nothing was loaded."]
    sources = {table.source for table in declarations.values()}
    files: list[_File] = []
    warnings: list[str] = []
    for path in sorted(landing.rglob("*")):
        name = path.relative_to(landing).as_posix()
        if not path.is_file() or any(part[0] in "._" for part in name.split("/")):
            continue
        suffix = next((s for s in sorted(FORMATS, key=len, reverse=True) if name.endswith(s)), None)
        parts = name.split("/")
        if suffix is None or len(parts) < 2:
            warnings.append(
                f"landing/{name}: not read. Data files are "
                "landing/<source>/<table>/*.parquet, *.csv or *.jsonl."
            )
            continue
        table_name = parts[1] if len(parts) > 2 else parts[1].removesuffix(suffix)
        table = declarations.get(f"{parts[0]}.{table_name}")
        if table is None:
            known = "table" if parts[0] in sources else "source"
            shown = f"{parts[0]}.{table_name}" if known == "table" else parts[0]
            warnings.append(
                f"landing/{name}: not read, {known} {shown} is not declared in models/staging."
            )
            continue
        files.append(_File(path, name, table, FORMATS[suffix]))
    return files, warnings


def _check_files(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[_File],
    declarations: dict[str, DeclaredTable],
    say: Say,
) -> tuple[list[_Plan], list[str]]:
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
    plans: list[_Plan] = []
    warnings: list[str] = []
    # An engine of its own: an unreadable file would abort the transaction of the load.
    reader = duckdb.connect()
    for file in files:
        plan = _new_plan(file, known.get(file.name))
        if plan is None:
            continue
        if file.table.is_full_snapshots:
            problems += _date_snapshot(plan)
        if plan.bytes == 0 and file.format != "parquet":
            plan.is_empty = True
            warnings.append(
                f"{file.display}: the file is empty: no row for {file.table.source_table}."
            )
        else:
            problems += _check_columns(reader, plan)
        plans.append(plan)
    if problems:
        shown = problems[:MAX_PROBLEMS_SHOWN]
        if len(problems) > len(shown):
            shown.append(f"... and {len(problems) - len(shown)} more.")
        raise LandingError("\n".join(shown))
    if plans:
        say(f"landing: {len(plans)} new files, {len(files) - len(plans)} known")
    return plans, warnings


def _new_plan(file: _File, known: tuple[int, datetime, str] | None) -> _Plan | None:
    """The plan of a file whose content the ledger does not hold under this name, else None."""
    status = file.path.stat()
    modified_at = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
    if known and (status.st_size, modified_at) == known[:2]:
        return None
    with file.path.open("rb") as stream:
        content_hash = hashlib.file_digest(stream, "sha256").hexdigest()
    if known and content_hash == known[2]:
        return None
    return _Plan(file, status.st_size, modified_at, content_hash)


def snapshot_times(name: str) -> set[datetime]:
    """Times in a file's name below the folder of its table, UTC without zone; impossible left out.

    name: below the landing folder, such as erp/products/2026-05-01/part-1.csv.
    """
    times = set()
    for match in SNAPSHOT_TIME.finditer("/".join(name.split("/")[2:])):
        year, month, day, hour, minute, second = (
            int(match[unit] or 0) for unit in ("year", "month", "day", "hour", "minute", "second")
        )
        with contextlib.suppress(ValueError):
            times.add(datetime(year, month, day, hour, minute, second))
    return times


def _date_snapshot(plan: _Plan) -> list[str]:
    """Fill in the delivery that a file of full snapshots is part of; return what is wrong."""
    file = plan.file
    times = snapshot_times(file.name)
    latest = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    if len(times) == 1 and min(times) <= latest:
        plan.snapshot_at = min(times)
        return []
    if not times:
        found = "the name has no date"
    elif len(times) > 1:
        found = "the name has two dates: " + " and ".join(str(time) for time in sorted(times))
    else:
        found = f"the date in the name is to come: {min(times)}"
    table = file.table
    return [
        f"{file.display}: {found}, so it cannot be told which snapshot it is part of (table "
        f"{table.source_table} comes in full snapshots). Put the files of one delivery under one "
        f"date, as landing/{table.source}/{table.name}/2026-05-01/part-1.csv, or take "
        f"full_snapshots out of {table.declared_in}."
    ]


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


def _check_columns(connection: duckdb.DuckDBPyConnection, plan: _Plan) -> list[str]:
    """Fill the plan's columns; return what is wrong with them."""
    file = plan.file
    delimiter_note = ""
    try:
        if file.format == "parquet":
            described = connection.execute(
                f"describe select * from read_parquet({_file_literal(file.path)})"
            ).fetchall()
            plan.header = [row[0] for row in described]
            plan.types = {row[0].lower(): row[1] for row in described}
        elif file.format == "csv":
            plan.header, delimiter = _csv_header(file)
            plan.types = {name.lower(): "VARCHAR" for name in plan.header}
            delimiter_note = f' Delimiter seen: "{delimiter}".'
            if delimiter != file.table.delimiter:
                delimiter_note += (
                    f' Write the file with "{file.table.delimiter}", or declare '
                    f"delimiter: {json.dumps(delimiter)} for the table."
                )
        else:
            plan.header = _json_keys(connection, file)
            plan.types = {name.lower(): "JSON" for name in plan.header}
    except duckdb.Error as error:
        return [
            f"{file.display}: cannot be read as {file.format} (table {file.table.source_table}): "
            f"{_first_line(error)} Write the file again, in full, or take it away."
        ]
    except LandingError as error:
        return [str(error)]
    plan.names = {name.lower(): name for name in plan.header}
    if len(plan.names) < len(plan.header):
        twice = sorted(
            {n for n in plan.header if [h.lower() for h in plan.header].count(n.lower()) > 1}
        )
        return [
            f'{file.display}: column "{twice[0]}" is there twice (table '
            f"{file.table.source_table}). Give each column one name."
        ]
    problems = []
    missing: list[str] = []
    for column in file.table.columns:
        found = plan.types.get(column.name.lower())
        if found is None:
            if not column.is_optional:
                missing.append(column.name)
        elif _cast("x", found, column.data_type) is None:
            problems.append(
                f'{file.display}: column "{column.name}" is {found.lower()}, which cannot be read '
                f"as {column.data_type} (table {file.table.source_table}). Write it as "
                f"{column.data_type}, or change the type in {file.table.declared_in}."
            )
    declared = {column.name.lower() for column in file.table.columns}
    unknown = [name for name in plan.header if name and name.lower() not in declared]
    renamed = f' Is it "{unknown[0]}" now?' if len(missing) == len(unknown) == 1 else ""
    problems += [
        f'{file.display}: column "{name}" is missing (table {file.table.source_table}).{renamed} '
        f"Add the column, or mark it optional in {file.table.declared_in}.{delimiter_note}"
        for name in missing
    ]
    return problems


def _csv_header(file: _File) -> tuple[list[str], str]:
    """Column names of a CSV file, and the delimiter that its first line seems to use."""
    with _open_text(file) as stream:
        start = stream.read(MAX_HEADER_BYTES)
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if is_utf16 != (file.table.encoding == "utf-16"):
        raise LandingError(
            f"{file.display}: the file is {'' if is_utf16 else 'not '}UTF-16 (table "
            f"{file.table.source_table}). Write it as {file.table.encoding.upper()}, or declare "
            f"its encoding in {file.table.declared_in}."
        )
    if file.table.encoding == "latin-1":
        _check_latin(file, start)
    encoding = "utf-8-sig" if file.table.encoding == "utf-8" else file.table.encoding
    text = start.decode(encoding, errors="replace")
    declared = {column.name.lower() for column in file.table.columns}

    def split(delimiter: str) -> list[str]:
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        return [name.strip() for name in row]

    header = split(file.table.delimiter)
    delimiter = max(
        (file.table.delimiter, *DELIMITERS),
        key=lambda candidate: len(declared & {name.lower() for name in split(candidate)}),
    )
    return header, delimiter


def _check_latin(file: _File, start: bytes) -> None:
    """Raise when text that is declared to be Latin-1 is UTF-8 or Windows-1252: letters would turn.

    start: first bytes of the file, which may end within a character.
    """
    declared = f"(table {file.table.source_table}, declared in {file.table.declared_in})"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with contextlib.suppress(UnicodeDecodeError):
        if not decoder.decode(start).isascii():
            raise LandingError(
                f"{file.display}: the file is UTF-8, not Latin-1 {declared}. Take the encoding out "
                "of the declaration, or write the file as Latin-1."
            )
        return
    if any(0x80 <= byte <= 0x9F for byte in start):
        raise LandingError(
            f"{file.display}: the file has characters of Windows-1252 that Latin-1 has not, such "
            f"as the euro sign or curled quotes {declared}. Write it as UTF-8 and take the "
            "encoding out of the declaration."
        )


def _json_keys(connection: duckdb.DuckDBPyConnection, file: _File) -> list[str]:
    """Every key that an object of a JSON lines file has."""
    keys = connection.execute(
        f"""
        select distinct unnest(case when {IS_OBJECT} then json_keys(line) end) as key
        from {_line_reader(file.path)}
        order by key
        """
    ).fetchall()
    return [row[0] for row in keys]


def _open_text(file: _File) -> BinaryIO:
    if file.name.endswith(".gz"):
        return cast(BinaryIO, gzip.open(file.path, "rb"))
    return file.path.open("rb")


# ---- reading ---------------------------------------------------------------------------------


def _batches(
    connection: duckdb.DuckDBPyConnection,
    plans: Sequence[_Plan],
    landing: Path,
    landed_at: datetime | None,
    until_batch: int | None,
) -> dict[int, tuple[datetime, list[_Plan]]]:
    """The plans by batch: those that the folder remembers as they came once, all others after them.

    A batch that the warehouse has passed is not reopened: what it lacks of it comes as new.
    """
    row = connection.execute("select coalesce(max(batch_id), 0) from landing.files").fetchone()
    assert row is not None
    last = int(row[0])
    remembered = landing_ledger.read(landing)
    batches: dict[int, tuple[datetime, list[_Plan]]] = {}
    new: list[_Plan] = []
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


def _landed(connection: duckdb.DuckDBPyConnection) -> list[landing_ledger.Landed]:
    """What the warehouse has read, for the landing folder to remember."""
    rows = connection.execute(
        "select file, content_hash, batch_id, loaded_at from landing.files "
        "order by batch_id, file, loaded_at"
    ).fetchall()
    return [
        landing_ledger.Landed(file, content_hash, batch_id, loaded_at.isoformat())
        for file, content_hash, batch_id, loaded_at in rows
    ]


def _read_files(
    connection: duckdb.DuckDBPyConnection,
    plans: Sequence[_Plan],
    batch_id: int,
    landed_at: datetime,
    say: Say,
) -> tuple[list[TableLoad], list[str]]:
    """Insert the rows of every plan and the ledger lines; return the counts by table."""
    loads: list[TableLoad] = []
    drift: dict[str, None] = {}
    by_table: dict[str, list[_Plan]] = {}
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


def _record_drift(connection: duckdb.DuckDBPyConnection, plan: _Plan, batch_id: int) -> list[str]:
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


def _record_changes(connection: duckdb.DuckDBPyConnection, plan: _Plan, batch_id: int) -> None:
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


def _check_unchanged(plan: _Plan) -> None:
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
    connection: duckdb.DuckDBPyConnection, plan: _Plan, batch_id: int, landed_at: datetime
) -> tuple[int, int]:
    """Insert the rows of one file; return (rows landed, rows rejected)."""
    table = plan.file.table
    stamps = {"batch_id": batch_id, "landed_at": landed_at, "file": plan.file.name}
    casts = _column_casts(plan)
    checks = [(column, check) for column, (_, check) in casts.items() if check]
    names = ", ".join(_identifier(column.name) for column in table.columns)
    values = ", ".join(
        f"{value} as {_identifier(column.name)}" for column, (value, _) in casts.items()
    )
    sound = " and ".join(f"({check})" for _, check in checks) or "true"
    if plan.file.format == "jsonl":
        sound = f"is_object and {sound}"
    try:
        # One pass over the file. Rows with a fault land with a negative number and are taken out:
        # they are few, and to look for them first would be to read the file twice.
        inserted = connection.execute(
            f"""
            insert into {table.relation} ({names}, _batch_id, _landed_at, _file, _row)
            select
                {names}, $batch_id, $landed_at, $file, case when _is_sound then _row else -_row end
            from (
                select {values}, {sound} as _is_sound, _row
                from {_raw_rows(plan, keep_errors=True)} as raw
            )
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
            f"{table.source_table}): {_first_line(error)} Write the file again, in full, or take "
            "it away."
        ) from error
    connection.execute("drop table if exists _line_errors; drop table if exists _line_scans")
    return int(inserted[0]) - int(faulty[0]), rejected


def _reject_lines(
    connection: duckdb.DuckDBPyConnection, plan: _Plan, stamps: dict[str, object]
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
    plan: _Plan,
    stamps: dict[str, object],
    checks: Sequence[tuple[DeclaredColumn, str]],
    sound: str,
) -> int:
    """Move the rows with a value of another type to landing.rejected_rows."""
    reasons = "".join(
        f" when not ({check}) then "
        + _literal(f'column "{column.name}": ')
        + f" || coalesce(left(cast({_raw_column(plan, column)} as varchar), 100), '') || "
        + _literal(f" is not a {column.data_type}")
        + f" || {_mend(_raw_column(plan, column), column.data_type)}"
        for column, check in checks
    )
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
        from {_raw_rows(plan, keep_errors=False)} as raw
        where not ({sound})
        """,
        {**stamps, "source": plan.file.table.source, "source_table": plan.file.table.source_table},
    ).fetchone()
    return int(count[0]) if count else 0


def _mend(raw: str, declared: str) -> str:
    """SQL of what to do about a value that does not fit its declared type, where that is known."""
    family = _family(declared)
    pattern, mend = MENDS["time" if family == "time" else "number"]
    value = f"trim(cast({raw} as varchar))"
    words = ", ".join(_literal(word) for word in NULL_WORDS)
    mends = f" when lower({value}) in ({words}) then '; a word for nothing: leave the cell empty'"
    if family in ("time", "integer", "fraction"):
        mends += (
            f" when regexp_full_match({value}, {_literal(pattern)}) then {_literal('; ' + mend)}"
        )
    return f"case{mends} else '' end"


def _raw_rows(plan: _Plan, *, keep_errors: bool) -> str:
    """A subquery with the file's columns as they are, and _row, the number of the row from 1.

    Text files are numbered by a streaming window, which one thread feeds in file order.
    keep_errors: keep lines that cannot be split in the temporary table _line_errors.
    """
    path = plan.file.path
    if plan.file.format == "parquet":
        return (
            "(select * exclude (file_row_number), file_row_number + 1 as _row "
            f"from read_parquet({_file_literal(path)}, file_row_number = true))"
        )
    if plan.file.format == "csv":
        columns = ", ".join(
            f"{_literal(name or f'column_{position}')}: 'varchar'"
            for position, name in enumerate(plan.header, start=1)
        )
        reader = (
            f"read_csv({_file_literal(path)}, header = true, quote = '\"', escape = '\"', "
            f"delim = {_literal(plan.file.table.delimiter)}, "
            f"encoding = {_literal(plan.file.table.encoding)}, "
            f"{_text_options(keep_errors)}, columns = {{{columns}}})"
        )
        return f"(select *, row_number() over () as _row from {reader})"
    # All keys at once into a struct: a list of texts would be copied for each look at one of them.
    structure = _literal(json.dumps(dict.fromkeys(_json_names(plan) or ["_"], "VARCHAR")))
    return f"""(
        select *, json_transform(case when is_object then line end, {structure}) as fields
        from (
            select
                *,
                {IS_OBJECT} as is_object
            from (
                select line, row_number() over () as _row
                from {_line_reader(path, keep_errors=keep_errors)}
            )
            where trim(line) <> ''
        )
    )"""


def _json_names(plan: _Plan) -> list[str]:
    """The declared keys that objects of a JSON file have, as they are written there."""
    return [
        plan.names[column.name.lower()]
        for column in plan.file.table.columns
        if column.name.lower() in plan.names
    ]


def _line_reader(path: Path, *, keep_errors: bool = False) -> str:
    """A table function call that gives the lines of a text file as the column line."""
    return (
        f"read_csv({_file_literal(path)}, header = false, delim = {_literal(NO_DELIMITER)}, "
        f"quote = '', escape = '', {_text_options(keep_errors)}, columns = {{'line': 'varchar'}})"
    )


def _text_options(keep_errors: bool) -> str:
    errors = (
        "store_rejects = true, rejects_table = '_line_errors', rejects_scan = '_line_scans'"
        if keep_errors
        else "ignore_errors = true"
    )
    return (
        f"auto_detect = false, {errors}, max_line_size = {MAX_LINE_BYTES}, "
        f"buffer_size = {2 * MAX_LINE_BYTES}"
    )


def _raw_column(plan: _Plan, column: DeclaredColumn) -> str:
    """SQL of a declared column in the raw rows of its file."""
    if plan.file.format != "jsonl":
        return f"raw.{_identifier(plan.names[column.name.lower()])}"
    return f"raw.fields.{_identifier(plan.names[column.name.lower()])}"


def _column_casts(plan: _Plan) -> dict[DeclaredColumn, tuple[str, str | None]]:
    """For each declared column: SQL of its value, and SQL that is true when the value fits."""
    casts: dict[DeclaredColumn, tuple[str, str | None]] = {}
    for column in plan.file.table.columns:
        found = plan.types.get(column.name.lower())
        if found is None:
            casts[column] = (f"cast(null as {column.data_type})", None)
            continue
        raw = _raw_column(plan, column)
        cast = _cast(raw, "VARCHAR" if found == "JSON" else found, column.data_type)
        assert cast is not None  # _check_columns has refused what cannot be read
        casts[column] = cast
    return casts


# ---- types -----------------------------------------------------------------------------------


def _cast(raw: str, found: str, declared: str) -> tuple[str, str | None] | None:
    """Read a column of DuckDB type `found` as the declared type.

    Returns (SQL of the value, SQL that is true when the value fits, or None when every value does);
    None when no value of that type can be read so. Blank text is NULL in all but text columns. A
    number with a fraction is no bigint, an infinite one no number. Inside structs and lists a value
    that does not fit becomes NULL; fields are matched by name.
    """
    source, target = _family(found), _family(declared)
    if target == "text":
        return _cast_to_text(raw, source)
    if source == "text":
        given = f"nullif(trim({raw}), '')"
        value = _text_value(given, declared, target)
        return value, f"({given} is null or {value} is not null)"
    casts: dict[tuple[str, str], str] = {
        ("integer", "integer"): f"try_cast({raw} as {declared})",
        ("integer", "fraction"): f"try_cast({raw} as {declared})",
        ("integer", "boolean"): f"try_cast({raw} as boolean)",
        ("fraction", "integer"): (
            f"case when {raw} = trunc({raw}) then try_cast({raw} as {declared}) end"
        ),
        ("fraction", "fraction"): (
            f"case when isfinite(cast({raw} as double)) then try_cast({raw} as {declared}) end"
        ),
        ("boolean", "boolean"): raw,
        ("boolean", "integer"): f"cast({raw} as {declared})",
        ("time", "time"): f"case when isfinite({raw}) then try_cast({raw} as {declared}) end",
        ("nested", "nested"): f"try_cast({raw} as {declared})",
    }
    if (source, target) not in casts:
        return None
    value = casts[(source, target)]
    if value == raw or source == "nested":
        return value, None
    return value, f"({raw} is null or {value} is not null)"


def _cast_to_text(raw: str, source: str) -> tuple[str, str | None] | None:
    if source == "text":
        return raw, None
    if source == "nested":
        return f"cast(to_json({raw}) as varchar)", None
    if source == "bytes":
        return f"try(decode({raw}))", f"({raw} is null or try(decode({raw})) is not null)"
    if source == "fraction":
        # An id column with gaps comes as 1001.0 from tools that know no missing integer.
        whole = (
            f"case when {raw} = trunc({raw}) then cast(try_cast({raw} as bigint) as varchar) end"
        )
        return f"coalesce({whole}, cast({raw} as varchar))", None
    return f"cast({raw} as varchar)", None


def _text_value(given: str, declared: str, target: str) -> str:
    """SQL that reads text as the declared type, NULL when it does not fit."""
    if target == "integer":
        return (
            f"case when regexp_full_match({given}, '[+-]?[0-9]+([.]0*)?') "
            f"then try_cast({given} as {declared}) end"
        )
    if target == "fraction":
        return (
            f"case when isfinite(try_cast({given} as double)) "
            f"then try_cast({given} as {declared}) end"
        )
    if target == "time":
        # The engine reads 26-01-02 as a day of the year 26, and words such as epoch as times.
        dated = f"case when regexp_matches({given}, '^[0-9]{{4,}}[-/]') then {given} end"
        # Through the type with a zone: an offset in the text counts, text without one is UTC.
        is_zoned = declared.lower() == "timestamp"
        value = f"try_cast({dated} as {'timestamptz' if is_zoned else declared})"
        return f"case when isfinite({value}) then cast({value} as {declared}) end"
    if target == "nested":
        structure = _literal(_json_structure(declared))
        return f"case when json_valid({given}) then json_transform({given}, {structure}) end"
    return f"try_cast({given} as {declared})"


def _family(data_type: str) -> str:
    """What kind of values a type holds, as far as reading one as another goes."""
    name = data_type.upper()
    if name.endswith("]") or name.startswith(("STRUCT", "MAP", "LIST", "UNION")):
        return "nested"
    base = name.split("(")[0].strip()
    if base in {"VARCHAR", "STRING", "TEXT", "UUID", "ENUM", "JSON"}:
        return "text"
    if base in {"FLOAT", "DOUBLE", "DECIMAL", "REAL"}:
        return "fraction"
    if base.endswith("INT") or base in {"INTEGER", "UINTEGER"}:
        return "integer"
    if base.startswith(("TIMESTAMP", "DATE")):
        return "time"
    return {"BOOLEAN": "boolean", "BLOB": "bytes"}.get(base, "other")


def _json_structure(declared: str) -> str:
    """The structure argument of json_transform for a declared struct or list type."""

    def walk(data_type: Any) -> object:
        if data_type.id == "list":
            return [walk(data_type.children[0][1])]
        if data_type.id == "struct":
            return {name: walk(child) for name, child in data_type.children}
        return str(data_type)

    return json.dumps(walk(duckdb.sqltype(declared)))


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
                f"{self.path}: cannot be opened for writing: {_first_line(error)} Another process "
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
            self.connection.execute(f"set {name} = {_literal(value)}")
        return self.connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.connection.close()
        if isinstance(error, duckdb.Error):
            raise LandingError(
                f"{self.path}: the load stopped and changed nothing: {_first_line(error)}"
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


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _file_literal(path: Path) -> str:
    """A path as SQL text, with the characters that would make it a pattern made plain."""
    plain = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
    return _literal(plain)


def _first_line(error: BaseException) -> str:
    """The message of an engine error without the SQL that follows it."""
    line = str(error).strip().splitlines()[0].rstrip()
    return line if line.endswith(".") else line + "."


def _meta(entry: dict[str, object]) -> dict[str, object]:
    config = entry.get("config") or {}
    assert isinstance(config, dict)
    meta = config.get("meta") or {}
    assert isinstance(meta, dict)
    return meta


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
