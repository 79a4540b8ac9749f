"""Landing files: which there are, what is declared for them, how their rows are read.

What belongs here: finding files, checking them against the declared tables, the SQL that reads
their rows as they are and as declared. What does not: what has been read already and what becomes
of the rows (landing.py), changing files (data_requests/landing_files.py).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import io
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import duckdb

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
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "latin-1", "utf-16")  # those that DuckDB reads without an extension
# What people write for nothing. In a column that is not text it sends its row to the rejects.
NULL_WORDS = ("null", "n/a", "#n/a", "na", "nan", "none", "nil", "\\n", "-", "--", "?")
# The ways of writing a value that another declaration can read: a pattern of the value, the mend.
MENDS = {
    "number": (
        (
            r"[+-]?[0-9.\s\x{00a0}]*,[0-9.,]+|[€$£]\s*[0-9.,]+|[0-9.,]+[\s\x{00a0}]*[€$£]",
            "figures with a comma, marks of thousands or a currency sign: declare the column as "
            "string and read it with number_from_text",
        ),
    ),
    "time": (
        (
            "[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4}.*",
            "day, month and year in another order, or a year of two figures: declare the column as "
            "string and read it with time_from_text",
        ),
        (
            "[0-9]{9,19}([.][0-9]+)?",
            "a count since 1970: declare the column as bigint and read it with "
            "timestamp_from_micros, times 1000000 for seconds or 1000 for milliseconds",
        ),
    ),
    "boolean": (
        (
            "\\pL+",
            "another word for yes or no: declare the column as string and read it with map_values",
        ),
    ),
}
# Text columns of figures: what a tool that knows no missing integer writes as 1001.0 is 1001.
FIGURES = re.compile(
    r"^(id|nº|nr|no)[\W_]|id$"
    r"|(^|[\W_])(nº|nr|no|number|numero|número|code|codigo|código|postal|zip|phone|telefono"
    r"|teléfono|movil|móvil|sku|ean)(_c)?$",
    re.IGNORECASE,
)
# 2026-05-01, 2026/05/01, 20260501; a time of day follows a T: 2026-05-01T06-30. A number in another
# place is no time, so that parts may be numbered.
SNAPSHOT_TIME = re.compile(
    r"(?<![0-9A-Za-z])(?P<year>(?:19|20)[0-9]{2})(?P<mark>[-_./]?)(?P<month>[0-9]{2})(?P=mark)"
    r"(?P<day>[0-9]{2})(?:T(?P<hour>[0-9]{2})[-:]?(?P<minute>[0-9]{2})"
    r"(?:[-:]?(?P<second>[0-9]{2}))?Z?)?(?![0-9A-Za-z])"
)
# No text editor writes this character, and JSON may not hold it raw: one field per line.
NO_DELIMITER = "\x01"
# Looked at with patterns that give up after a few letters; to trim a line is to read all of it.
IS_BLANK = "regexp_full_match(line, ' *')"
IS_EMPTY_OBJECT = "regexp_full_match(line, ' *[{][}] *')"
BEGINS_OBJECT = r"regexp_matches(line, '^[ \t\n\r]*[{]')"
# What is valid and begins so is an object; json_type would parse the line once more.
IS_OBJECT = f"(json_valid(line) and {BEGINS_OBJECT})"


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
        return f"{identifier('landing_' + self.source)}.{identifier(self.name)}"


@dataclass(frozen=True)
class LandingFile:
    """A data file found below the landing folder."""

    path: Path
    name: str  # below the landing folder, with forward slashes
    table: DeclaredTable
    format: str

    @property
    def display(self) -> str:
        """Name as messages give it."""
        return f"landing/{self.name}"


@dataclass
class ReadingPlan:
    """A new file, checked: how each declared column is found in it."""

    file: LandingFile
    bytes: int
    modified_at: datetime
    content_hash: str
    snapshot_at: datetime | None = None
    is_empty: bool = False
    header: list[str] = field(default_factory=list)  # columns of the file, in order
    types: dict[str, str] = field(default_factory=dict)  # DuckDB type of each, by lower-case name
    names: dict[str, str] = field(default_factory=dict)  # name in the file, by lower-case name
    has_only_objects: bool = False  # of JSON lines: no line has to be asked whether it is one


# ---- finding ---------------------------------------------------------------------------------


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


def _meta(entry: dict[str, object]) -> dict[str, object]:
    config = entry.get("config") or {}
    assert isinstance(config, dict)
    meta = config.get("meta") or {}
    assert isinstance(meta, dict)
    return meta


def find_files(
    landing: Path, declarations: dict[str, DeclaredTable]
) -> tuple[list[LandingFile], list[str]]:
    """Data files in name order, and a warning for everything that is not one."""
    if not landing.is_dir():
        return [], [f"{landing}: there is no landing folder, so nothing was loaded."]
    sources = {table.source for table in declarations.values()}
    files: list[LandingFile] = []
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
        files.append(LandingFile(path, name, table, FORMATS[suffix]))
    return files, warnings


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


def date_snapshot(plan: ReadingPlan) -> list[str]:
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


def check_columns(connection: duckdb.DuckDBPyConnection, plan: ReadingPlan) -> list[str]:
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
            if delimiter != file.table.delimiter:
                return [
                    f"{file.display}: the columns are not separated as declared (table "
                    f'{file.table.source_table}). Delimiter seen: "{delimiter}". Write the file '
                    f'with "{file.table.delimiter}", or declare delimiter: '
                    f"{json.dumps(delimiter)} for the table in {file.table.declared_in}."
                ]
            delimiter_note = f' Delimiter seen: "{delimiter}".'
        else:
            keys = _json_keys(connection, file)
            plan.has_only_objects = None not in keys
            plan.header = sorted(key for key in keys if key is not None)
            plan.types = {name.lower(): "JSON" for name in plan.header}
    except duckdb.Error as error:
        return [
            f"{file.display}: cannot be read as {file.format} (table {file.table.source_table}): "
            f"{first_line(error)} Write the file again, in full, or take it away."
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
    if missing and file.format == "jsonl" and not (plan.header or plan.has_only_objects):
        return [
            f"{file.display}: no line is a JSON object (table {file.table.source_table}). Write "
            "one object per line, in UTF-8: no list around them, no line break within them."
        ]
    declared = {column.name.lower() for column in file.table.columns}
    unknown = [name for name in plan.header if name and name.lower() not in declared]
    renamed = f' Is it "{unknown[0]}" now?' if len(missing) == len(unknown) == 1 else ""
    problems += [
        f'{file.display}: column "{name}" is missing (table {file.table.source_table}).{renamed} '
        f"Add the column, or mark it optional in {file.table.declared_in}.{delimiter_note}"
        for name in missing
    ]
    return problems


def _csv_header(file: LandingFile) -> tuple[list[str], str]:
    """Column names of a CSV file, and the delimiter that its first line seems to use."""
    with _open_text(file) as stream:
        start = stream.read(MAX_HEADER_BYTES)
    is_declared = file.table.encoding == "utf-16"
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # Without a mark at its begin it is known by every other byte, and nobody reads it.
    is_utf16 |= not is_declared and b"\x00" in start[:2]
    if is_utf16 != is_declared:
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


def _check_latin(file: LandingFile, start: bytes) -> None:
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


def _json_keys(connection: duckdb.DuckDBPyConnection, file: LandingFile) -> set[str | None]:
    """Every key that an object of a JSON lines file has; None when a line is no object."""
    try:  # on a connection of its own, since an error ends the transaction
        return _keys_of_lines(connection.cursor(), file, "json_keys(line)")
    except duckdb.InvalidInputException:  # a line is no JSON, and to try each takes longer
        return _keys_of_lines(connection, file, "try(json_keys(line))")


def _keys_of_lines(
    connection: duckdb.DuckDBPyConnection, file: LandingFile, keys: str
) -> set[str | None]:
    """Most objects have the keys of the first, in its order: only of others each is looked at."""
    listed = f"""
        select case when {BEGINS_OBJECT} then coalesce({keys}, [null]) else [null] end as keys
        from {line_reader(file.path)}
        where not {IS_BLANK}
    """
    first = connection.execute(f"{listed} limit 1").fetchone()
    if first is None:
        return set()
    others = connection.execute(
        f"select distinct unnest(keys) from ({listed}) where keys <> $1::varchar[]", first
    ).fetchall()
    return {*first[0], *(key for (key,) in others)}


def _open_text(file: LandingFile) -> BinaryIO:
    if file.name.endswith(".gz"):
        return cast(BinaryIO, gzip.open(file.path, "rb"))
    return file.path.open("rb")


# ---- reading ---------------------------------------------------------------------------------


def raw_rows(plan: ReadingPlan, *, keep_errors: bool) -> str:
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
            f"{literal(name or f'column_{position}')}: 'varchar'"
            for position, name in enumerate(plan.header, start=1)
        )
        reader = (
            f"read_csv({_file_literal(path)}, header = true, quote = '\"', escape = '\"', "
            f"delim = {literal(plan.file.table.delimiter)}, "
            f"encoding = {literal(plan.file.table.encoding)}, "
            f"{_text_options(keep_errors)}, columns = {{{columns}}})"
        )
        return f"(select *, row_number() over () as _row from {reader})"
    # All keys at once into a struct: a list of texts would be copied for each look at one of them.
    structure = literal(json.dumps(dict.fromkeys(_json_names(plan) or ["_"], "VARCHAR")))
    return f"""(
        select *, json_transform(case when is_object then line end, {structure}) as fields
        from (
            select
                *,
                {"true" if plan.has_only_objects else IS_OBJECT} as is_object
            from (
                select line, row_number() over () as _row
                from {line_reader(path, keep_errors=keep_errors)}
            )
            where not {IS_BLANK}
        )
    )"""


def is_empty(plan: ReadingPlan) -> str:
    """SQL that is true of a raw row in which no column of the file has a value."""
    if plan.file.format == "jsonl":
        return IS_EMPTY_OBJECT
    names = (name or f"column_{position}" for position, name in enumerate(plan.header, start=1))
    return " and ".join(f"raw.{identifier(name)} is null" for name in names)


def is_header(plan: ReadingPlan) -> str:
    """SQL that is true of a raw row that repeats the header, as in files put one after another.

    Its first two names tell: to compare them all with every row would take longer.
    """
    names = [name for name in plan.header if name][:2] if plan.file.format == "csv" else []
    alike = [f"coalesce(raw.{identifier(name)} = {literal(name)}, false)" for name in names]
    return " and ".join(alike) or "false"


def _json_names(plan: ReadingPlan) -> list[str]:
    """The declared keys that objects of a JSON file have, as they are written there."""
    return [
        plan.names[column.name.lower()]
        for column in plan.file.table.columns
        if column.name.lower() in plan.names
    ]


def line_reader(path: Path, *, keep_errors: bool = False) -> str:
    """A table function call that gives the lines of a text file as the column line."""
    return (
        f"read_csv({_file_literal(path)}, header = false, delim = {literal(NO_DELIMITER)}, "
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


def raw_column(plan: ReadingPlan, column: DeclaredColumn) -> str:
    """SQL of a declared column in the raw rows of its file."""
    if plan.file.format != "jsonl":
        return f"raw.{identifier(plan.names[column.name.lower()])}"
    return f"raw.fields.{identifier(plan.names[column.name.lower()])}"


def column_casts(plan: ReadingPlan) -> dict[DeclaredColumn, tuple[str, str | None]]:
    """For each declared column: SQL of its value, and SQL that is true when the value fits."""
    casts: dict[DeclaredColumn, tuple[str, str | None]] = {}
    for column in plan.file.table.columns:
        found = plan.types.get(column.name.lower())
        if found is None:
            casts[column] = (f"cast(null as {column.data_type})", None)
            continue
        raw = raw_column(plan, column)
        cast = _cast(raw, "VARCHAR" if found == "JSON" else found, column.data_type)
        assert cast is not None  # check_columns has refused what cannot be read
        if found in ("VARCHAR", "JSON") and cast == (raw, None) and FIGURES.search(column.name):
            cast = (_whole_figures(raw), None)
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


def _whole_figures(raw: str) -> str:
    """SQL of text without the fraction of a whole number."""
    is_whole = f"suffix({raw}, '.0') and regexp_full_match({raw}, '[0-9]+[.]0')"
    return f"case when {is_whole} then left({raw}, -2) else {raw} end"


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
        structure = literal(_json_structure(declared))
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


def mend(raw: str, declared: str) -> str:
    """SQL of what to do about a value that does not fit its declared type, where that is known."""
    family = {"integer": "number", "fraction": "number"}.get(_family(declared), _family(declared))
    value = f"trim(cast({raw} as varchar))"
    words = ", ".join(literal(word) for word in NULL_WORDS)
    mends = f" when lower({value}) in ({words}) then '; a word for nothing: leave the cell empty'"
    for pattern, mend in MENDS.get(family, ()):
        mends += f" when regexp_full_match({value}, {literal(pattern)}) then {literal('; ' + mend)}"
    return f"case{mends} else '' end"


def _json_structure(declared: str) -> str:
    """The structure argument of json_transform for a declared struct or list type."""

    def walk(data_type: Any) -> object:
        if data_type.id == "list":
            return [walk(data_type.children[0][1])]
        if data_type.id == "struct":
            return {name: walk(child) for name, child in data_type.children}
        return str(data_type)

    return json.dumps(walk(duckdb.sqltype(declared)))


# ---- SQL text --------------------------------------------------------------------------------


def identifier(name: str) -> str:
    """A name as SQL text."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL text."""
    return "'" + text.replace("'", "''") + "'"


def _file_literal(path: Path) -> str:
    """A path as SQL text, with the characters that would make it a pattern made plain."""
    plain = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
    return literal(plain)


def first_line(error: BaseException) -> str:
    """The message of an engine error without the SQL that follows it."""
    line = str(error).strip().splitlines()[0].rstrip()
    if "CSV Parser state machine" in line:
        return "Its lines do not all end alike, some with a carriage return and some without."
    return line if line.endswith(".") else line + "."
