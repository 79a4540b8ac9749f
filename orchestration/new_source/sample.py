"""Look at a sample of a new source's files: tables, columns, types, keys.

Belongs here: reading Parquet, CSV and JSON lines as they come, and what their values show. Does
not: what the values mean (proposal.py).

    folder/<table>/*.{parquet,csv,jsonl}   or   folder/<table>.csv   or   one file

A date, number or part word at the end of a file's name is no part of the table's name:
orders_2026-01.csv and orders_2026-02.csv are both ``orders``.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import duckdb

from orchestration.landing_reader import FORMATS, NULL_WORDS

MAX_ROWS = 200_000  # of a table that are looked at
MAX_TEXT_BYTES = 64 * 1024 * 1024  # of a text file that are looked at
DELIMITERS = (",", ";", "\t", "|")
MIN_ROWS_FOR_FAULTS = 20  # from here on, a few values that do not fit do not change the type
FITTING_SHARE = 0.95
MAX_WORDS = 12  # of a column that is shown as a vocabulary
MAX_KEY_COLUMNS = 3
MAX_KEY_CANDIDATES = 9
MAX_ROW_KEY_COLUMNS = 6
PART_WORDS = ("sample", "part", "full", "export", "extract", "data", "final", "v")
KEY_NAME = re.compile(
    r"(^|_)(id|key|code|no|nr|num|number|numero|uuid|guid|codigo|cod|sku|upc|ean|hash|line|linea)(_|$|\d)"
    r"|(^|_)(ticket|receipt|invoice|basket|order|pedido|factura|product|article|articulo)$"
)


class SampleError(Exception):
    """The files cannot be read as a sample; the message says what to do."""


@dataclass(frozen=True)
class SampleColumn:
    """One column of a table: its name in the files, and what its values show.

    data_type: the type to declare. reading: how staging has to read the landed text, "" for as it
    is; number_comma, number_point, time_dmy, time_mdy, time_iso, epoch_seconds, epoch_milliseconds.
    filled, distinct: values of the rows looked at. shape: email, phone, url, json, currency,
    country or "". words: every value, where there are few. doubts: what is not certain.
    """

    name: str
    data_type: str
    reading: str = ""
    rows: int = 0
    filled: int = 0
    distinct: int = 0
    shape: str = ""
    is_whole: bool = False
    words: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What can be made of the values: text, integer, fraction, time or boolean."""
        if self.reading.startswith(("time", "epoch")):
            return "time"
        if self.reading.startswith("number"):
            return "fraction"
        base = self.data_type.split("(")[0]
        return {
            "bigint": "integer",
            "double": "fraction",
            "decimal": "fraction",
            "date": "time",
            "timestamp": "time",
            "boolean": "boolean",
        }.get(base, "text")


@dataclass(frozen=True)
class SampleTable:
    """One table of the sample. key: columns that are filled and unique together; may be empty."""

    name: str
    files: tuple[Path, ...]
    format: str
    columns: tuple[SampleColumn, ...]
    rows: int
    key: tuple[str, ...] = ()
    repeated_rows: int = 0  # rows that equal an earlier one in every column
    delimiter: str = ","
    encoding: str = "utf-8"
    doubts: tuple[str, ...] = ()

    def column(self, name: str) -> SampleColumn:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


@dataclass
class _Raw:
    """A table as it was read into DuckDB, before its values were looked at."""

    name: str
    files: list[Path]
    format: str
    delimiter: str = ","
    encoding: str = "utf-8"
    doubts: list[str] = field(default_factory=list)


class Sample:
    """The tables of a sample, and the values behind them for questions across tables."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, tables: Sequence[SampleTable]
    ) -> None:
        """Keep the connection; it holds each table under its name."""
        self.connection = connection
        self.tables = tuple(tables)

    def overlap(self, table: str, column: str, other: str, key: str) -> float:
        """Share of the distinct values of a column that are values of another table's column."""
        row = self.connection.execute(
            f"""
            select coalesce(avg(case when known.value is not null then 1.0 else 0.0 end), 0.0)
            from (select distinct {_text(column)} as value from {_quoted(table)}) as given
            left join (select distinct {_text(key)} as value from {_quoted(other)}) as known
                on given.value = known.value
            where given.value is not null
            """
        ).fetchone()
        assert row is not None
        return float(row[0])


@contextmanager
def read_sample(path: Path) -> Iterator[Sample]:
    """Read the sample below a path. Raises SampleError with the file and the mend."""
    found = _find_tables(path)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        raws = [_read_table(connection, name, files, Path(folder)) for name, files in found.items()]
        orders = {
            raw.name: _date_orders(connection, raw.name) for raw in raws if raw.format != "parquet"
        }
        certain = {order for seen in orders.values() for order in seen.values()}
        yield Sample(connection, [_look_at(connection, raw, certain) for raw in raws])


# ---- finding ---------------------------------------------------------------------------------


def plain_name(text: str) -> str:
    """A name in lower case, ASCII, words joined by underscores: Correo electrónico, OrderDate."""
    text = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", text)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def table_name(file_name: str) -> str:
    """The table that a file's name says, without the words of a part, a date or a number."""
    words = plain_name(file_name).split("_")
    kept = list(words)
    while len(kept) > 1 and (kept[-1][0].isdigit() or kept[-1] in PART_WORDS):
        kept.pop()
    name = "_".join(kept)
    return name if name and not name[0].isdigit() else f"t_{name}".rstrip("_")


def _find_tables(path: Path) -> dict[str, list[Path]]:
    if not path.exists():
        raise SampleError(f"{path}: there is no such file or folder.")
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    tables: dict[str, list[Path]] = {}
    for file in files:
        inside = file.relative_to(path).parts if path.is_dir() else (file.name,)
        suffix = _suffix(file)
        if not file.is_file() or suffix is None or any(part[0] in "._" for part in inside):
            continue
        if len(inside) > 2:
            raise SampleError(
                f"{file}: lies too deep. Put it at <folder>/<table>/, or call it <table>.csv."
            )
        named = inside[0] if len(inside) == 2 else file.name[: -len(suffix)]
        if not plain_name(named):
            raise SampleError(f"{file}: {named!r} has no Latin letter and no figure. Rename it.")
        tables.setdefault(table_name(named), []).append(file)
    if not tables:
        raise SampleError(
            f"{path}: no data file is there. Put files ({', '.join(FORMATS)}) at <folder>/<table>/."
        )
    return tables


def _suffix(file: Path) -> str | None:
    return next(
        (s for s in sorted(FORMATS, key=len, reverse=True) if file.name.lower().endswith(s)), None
    )


# ---- reading ---------------------------------------------------------------------------------


def _read_table(
    connection: duckdb.DuckDBPyConnection, name: str, files: list[Path], folder: Path
) -> _Raw:
    formats = {FORMATS[_suffix(file) or ""] for file in files}
    if len(formats) > 1:
        raise SampleError(
            f"{name}: the sample has files of several kinds ({', '.join(sorted(formats))}). "
            "Take one kind for each table."
        )
    raw = _Raw(name, files, formats.pop())
    selects = []
    for place, file in enumerate(files):
        if file.stat().st_size == 0:
            raise SampleError(f"{file}: the file is empty. Take it out, or take one with rows.")
        try:
            if raw.format == "parquet":
                selects.append(f"select * from read_parquet({_literal(_glob_safe(file))})")
            elif raw.format == "csv":
                selects.append(_csv_select(connection, raw, file, folder / f"{name}-{place}.csv"))
            else:
                selects.append(_json_select(connection, raw, file, folder / f"{name}-{place}.txt"))
            connection.execute(f"create or replace temp view _file as {selects[-1]}")
        except duckdb.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise SampleError(
                f"{file}: cannot be read as {raw.format}: {reason} Write the file again, in full."
            ) from error
    try:
        connection.execute(
            f"create table {_quoted(name)} as select * from "
            f"({' union all by name '.join(selects)}) limit {MAX_ROWS}"
        )
    except duckdb.Error as error:
        raise SampleError(
            f"{name}: its files do not go together: {str(error).strip().splitlines()[0]} Write all "
            "files of a table alike, or take one of them."
        ) from error
    columns = [row[0] for row in connection.execute(f"describe {_quoted(name)}").fetchall()]
    _check_names(files[0], columns)
    if not connection.execute(f"select 1 from {_quoted(name)} limit 1").fetchone():
        raise SampleError(f"{files[0]}: has no rows. A sample needs some.")
    return raw


def _check_names(file: Path, names: Sequence[str]) -> None:
    for place, name in enumerate(names, start=1):
        if not name.strip():
            raise SampleError(f"{file}: column {place} has no name. Give every column one.")
        if not plain_name(name):
            raise SampleError(
                f"{file}: column {place} ({name!r}) has no Latin letter and no figure in its name. "
                "Rename it."
            )
        if re.search(r"[\"'{}\\\n]", name):
            raise SampleError(
                f"{file}: column {place} ({name!r}) has a quote, brace, backslash or line break in "
                "its name. Rename it."
            )
        if name.startswith("_") and name.lower() in ("_batch_id", "_landed_at", "_file", "_row"):
            raise SampleError(f"{file}: the loader adds a column {name} itself. Rename this one.")
    twice = sorted({n for n in names if [m.lower() for m in names].count(n.lower()) > 1})
    if twice:
        raise SampleError(f'{file}: column "{twice[0]}" is there twice. Give each one name.')


def _text_of(raw: _Raw, file: Path) -> str:
    """The text of a file, as much as is looked at; says in what encoding it is."""
    is_packed = file.name.lower().endswith(".gz")
    try:
        with gzip.open(file, "rb") if is_packed else file.open("rb") as stream:
            start = stream.read(MAX_TEXT_BYTES + 1)
    except (OSError, EOFError) as error:
        raise SampleError(f"{file}: cannot be read: {error}. Write it again, in full.") from error
    if len(start) > MAX_TEXT_BYTES:
        start = start[: start.rfind(b"\n") + 1]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
        text = start.decode("utf-16", errors="replace")
    else:
        try:
            text, encoding = start.decode("utf-8-sig"), "utf-8"
        except UnicodeDecodeError:
            text, encoding = start.decode("latin-1"), "latin-1"
    if "\x00" in text:
        raise SampleError(f"{file}: is not text. Write it as UTF-8 text, or as Parquet.")
    if raw.files.index(file) and raw.encoding != encoding and {raw.encoding, encoding} != {"utf-8"}:
        encoding = "latin-1" if "utf-16" not in (raw.encoding, encoding) else encoding
    raw.encoding = encoding
    return text


def _csv_select(connection: duckdb.DuckDBPyConnection, raw: _Raw, file: Path, copy: Path) -> str:
    text = _text_of(raw, file)
    delimiter = _delimiter(text)
    if raw.files.index(file) and delimiter != raw.delimiter:
        raise SampleError(
            f'{file}: columns are parted by "{delimiter}", in other files of the table by '
            f'"{raw.delimiter}". Write all files of a table alike.'
        )
    raw.delimiter = delimiter
    header = [name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=delimiter), [])]
    _check_header(file, header)
    copy.write_text(text, encoding="utf-8", newline="")
    columns = ", ".join(f"{_literal(name)}: 'varchar'" for name in header)
    reader = (
        f"read_csv({_literal(str(copy))}, header = true, delim = {_literal(delimiter)}, "
        f"quote = '\"', escape = '\"', auto_detect = false, ignore_errors = true, "
        f"columns = {{{columns}}})"
    )
    read = connection.execute(f"select count(*) from {reader}").fetchone()
    lines = sum(1 for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row) - 1
    assert read is not None
    if lines > read[0]:
        raw.doubts.append(
            f"{file.name}: {lines - read[0]} of {lines} lines do not have the columns of the "
            "header; the loader rejects such lines."
        )
    return f"select * from {reader}"


def _delimiter(text: str) -> str:
    """The character at which most lines have as many columns as the header, and most columns."""
    start = text[: 256 * 1024]
    best = (0.0, 0, ",")
    for delimiter in DELIMITERS:
        rows = [row for row in csv.reader(io.StringIO(start), delimiter=delimiter) if row][:200]
        if not rows:
            continue
        width = len(rows[0])
        alike = sum(len(row) == width for row in rows) / len(rows)
        if width > 1 and (alike >= 0.8, width) > (best[0] >= 0.8, best[1]):
            best = (alike, width, delimiter)
    return best[2]


def _check_header(file: Path, header: Sequence[str]) -> None:
    data = [
        name
        for name in header
        if re.fullmatch(r"[+-]?[0-9][0-9.,:/ -]*|\S+@\S+[.]\S+", name.strip()) and name.strip()
    ]
    if data:
        raise SampleError(
            f'{file}: the first line holds data ("{data[0]}"), not the names of the columns. '
            "Write the names as the first line."
        )
    _check_names(file, header)


def _json_select(connection: duckdb.DuckDBPyConnection, raw: _Raw, file: Path, copy: Path) -> str:
    text = _text_of(raw, file)
    if raw.encoding != "utf-8":
        raise SampleError(f"{file}: JSON lines must be UTF-8. Write the file as UTF-8.")
    copy.write_text(text, encoding="utf-8", newline="")
    lines = (
        f"(select line from read_csv({_literal(str(copy))}, header = false, delim = '\x01', "
        "quote = '', escape = '', auto_detect = false, columns = {'line': 'varchar'}, "
        "max_line_size = 33554432) where trim(line) <> '')"
    )
    is_object = "(case when json_valid(line) then json_type(line) = 'OBJECT' else false end)"
    counted = connection.execute(
        f"select count(*), count(*) filter (not {is_object}) from {lines}"
    ).fetchone()
    assert counted is not None
    if counted[0] == counted[1]:
        raise SampleError(f"{file}: no line is a JSON object. Write one object per line.")
    if counted[1]:
        raw.doubts.append(
            f"{file.name}: {counted[1]} of {counted[0]} lines are no JSON object; the loader "
            "rejects such lines."
        )
    keys = [
        row[0]
        for row in connection.execute(
            f"""
            select key
            from (select unnest(json_keys(line)) as key from {lines} where {is_object})
            group by key
            order by key
            """
        ).fetchall()
    ]
    _check_names(file, keys)
    values = ", ".join(
        f"json_extract_string(line, {_literal(_json_path(key))}) as {_quoted(key)}" for key in keys
    )
    return f"select {values} from {lines} where {is_object}"


def _json_path(key: str) -> str:
    return f'$."{key}"'


# ---- looking ---------------------------------------------------------------------------------

DAY_MONTH = r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})([ T].*)?"
PATTERNS = {
    "integers": r"[+-]?(0|[1-9][0-9]{0,17})([.]0*)?",
    "points": r"[+-]?[0-9]+([.][0-9]+)?",
    "long_points": r"[+-]?[0-9]*[.][0-9]{5,}",
    "grouped_points": r"[+-]?[0-9]{1,3}(,[0-9]{3})*([.][0-9]+)?",
    "commas": r"[+-]?([0-9]+|[0-9]{1,3}([.][0-9]{3})+)(,[0-9]+)?",
    "sure_commas": r"[+-]?([0-9]{4,}|[0-9]{1,3}([.][0-9]{3})*),([0-9]{1,2}|[0-9]{4,})",
    "iso_dates": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "iso_times": r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}.*",
    "day_months": DAY_MONTH,
    "timed": DAY_MONTH.removesuffix("?"),
    "short_years": r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}([ T].*)?",
    "emails": r"[^@ ,;]+@[^@ ,;]+[.][A-Za-z]{2,}",
    # with a plus, blanks or brackets: figures alone may be anything
    "phones": r"[+][0-9 ()./-]{8,19}|[(]?[0-9]{2,5}[ )/-][0-9 ()./-]{5,14}",
    "urls": r"https?://.+",
    "currencies": r"(EUR|USD|GBP|CHF|BRL|MXN|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|RON|TRY|CNY|INR)",
    "countries": r"[A-Z]{2}",
    "zoned": r".*[0-9](Z|[+-][0-9]{2}(:?[0-9]{2})?)",
    "jsons": r"[{\[].*[}\]]",
}


def _date_orders(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """For each text column of dates like 31/12/2025: whether the day or the month is first."""
    orders = {}
    for (name,) in connection.execute(
        "select column_name from duckdb_columns() where table_name = ?", [table]
    ).fetchall():
        row = connection.execute(
            f"""
            select
                count(*),
                count(*) filter (cast(regexp_extract(value, '{DAY_MONTH}', 1) as int) > 12),
                count(*) filter (cast(regexp_extract(value, '{DAY_MONTH}', 2) as int) > 12)
            from (select trim({_text(name)}) as value from {_quoted(table)})
            where regexp_full_match(value, '{DAY_MONTH}')
            """
        ).fetchone()
        if row and row[0] and bool(row[1]) != bool(row[2]):
            orders[name] = "time_dmy" if row[1] else "time_mdy"
    return orders


def _look_at(
    connection: duckdb.DuckDBPyConnection, raw: _Raw, certain_orders: set[str]
) -> SampleTable:
    described = connection.execute(f"describe {_quoted(raw.name)}").fetchall()
    orders = {} if raw.format == "parquet" else _date_orders(connection, raw.name)
    columns = []
    for name, data_type, *_ in described:
        if data_type == "VARCHAR":
            column = _text_column(connection, raw.name, name, orders.get(name), certain_orders)
        else:
            column = _typed_column(connection, raw.name, name, data_type)
        columns.append(column)
    rows, different = connection.execute(
        f"""
        select count(*), count(distinct ({", ".join(_quoted(c.name) for c in columns)}, 0))
        from {_quoted(raw.name)}
        """
    ).fetchone() or (0, 0)
    return SampleTable(
        name=raw.name,
        files=tuple(raw.files),
        format=raw.format,
        columns=tuple(columns),
        rows=rows,
        key=_key(connection, raw.name, columns, rows),
        repeated_rows=rows - different,
        delimiter=raw.delimiter,
        encoding=raw.encoding,
        doubts=tuple(raw.doubts),
    )


def _typed_column(
    connection: duckdb.DuckDBPyConnection, table: str, name: str, data_type: str
) -> SampleColumn:
    """A column of a Parquet file, whose type is told."""
    column = _quoted(name)
    rows, filled, distinct = connection.execute(
        f"select count(*), count({column}), count(distinct {column}) from {_quoted(table)}"
    ).fetchone() or (0, 0, 0)
    base = data_type.split("(")[0]
    doubts: list[str] = []
    is_whole = False
    if data_type.endswith("]") or base in ("STRUCT", "MAP"):
        declared = "string"
    elif base in ("FLOAT", "DOUBLE"):
        whole, money = connection.execute(
            f"""
            select
                coalesce(bool_and({column} = trunc({column})), false),
                coalesce(bool_and(
                    abs({column}) < 1e13
                    and abs({column} - round({column}, 4)) <= 1e-9 * greatest(abs({column}), 1)
                ), false)
            from {_quoted(table)}
            where {column} is not null
            """
        ).fetchone() or (False, False)
        is_whole = bool(whole)
        declared = "decimal(18,4)" if money else "double"
        if is_whole and KEY_NAME.search(plain_name(name)):
            declared = "string"  # an id with gaps, of a tool that knows no missing integer
    elif base == "DECIMAL":
        declared = data_type.lower().replace(" ", "")
    elif base == "BOOLEAN":
        declared = "boolean"
    elif base == "DATE":
        declared = "date"
    elif base.startswith("TIMESTAMP"):
        declared = "timestamp"
        if base == "TIMESTAMP" or base.startswith("TIMESTAMP_"):
            doubts.append("times carry no zone and are read as UTC")
    elif base in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"):
        declared = "bigint"
    else:
        declared = "string"
    column_made = SampleColumn(
        name, declared, "", rows, filled, distinct, is_whole=is_whole, doubts=tuple(doubts)
    )
    return _epoch(connection, table, column_made)


def _text_column(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    name: str,
    date_order: str | None,
    certain_orders: set[str],
) -> SampleColumn:
    """A column of text, whose type its values tell."""
    counts = ", ".join(
        f"count(*) filter (regexp_full_match(value, {_literal(pattern)}))"
        for pattern in PATTERNS.values()
    )
    nulls = ", ".join(_literal(word) for word in NULL_WORDS)
    row = connection.execute(
        f"""
        with given as (
            select nullif(trim({_text(name)}), '') as value from {_quoted(table)}
        )

        select
            (select count(*) from given),
            count(*),
            count(distinct value),
            (select count(*) from given where lower(value) in ({nulls})),
            count(*) filter (lower(value) in ('true', 'false', 't', 'f', 'yes', 'no', 'y', 'n')),
            count(*) filter (try_cast(value as timestamptz) is null),
            {counts}
        from given
        where value is not null and lower(value) not in ({nulls})
        """
    ).fetchone()
    assert row is not None
    rows, filled, distinct, null_words, booleans, no_times = row[:6]
    seen = dict(zip(PATTERNS, row[6:], strict=True))
    doubts = []

    def fits(count: int) -> bool:
        if not filled:
            return False
        enough = FITTING_SHARE if filled >= MIN_ROWS_FOR_FAULTS else 1.0
        return bool(count / filled >= enough)

    data_type, reading, fitting = "string", "", filled
    if fits(booleans):
        data_type, fitting = "boolean", booleans
    elif fits(seen["integers"]) and KEY_NAME.search(plain_name(name)):
        pass  # an id stays text: one with a leading zero or a letter may come any day
    elif fits(seen["integers"]):
        data_type, fitting = "bigint", seen["integers"]
    elif seen["sure_commas"] and fits(seen["commas"]):
        reading, fitting = "number_comma", seen["commas"]
    elif (
        fits(seen["points"])
        and seen["points"] > seen["integers"]
        and not _leads_with_zero(connection, table, name)
    ):
        data_type = "double" if seen["long_points"] else "decimal(18,4)"
        fitting = seen["points"]
    elif fits(seen["grouped_points"]) and not fits(seen["points"]):
        reading, fitting = "number_point", seen["grouped_points"]
        if fits(seen["commas"]):
            doubts.append(
                "the comma may part thousands or decimals (1,234); read as parting thousands"
            )
    elif fits(seen["iso_dates"]):
        data_type, fitting = "date", seen["iso_dates"]
    elif fits(seen["iso_times"] + seen["iso_dates"]) and fits(filled - no_times):
        data_type, fitting = "timestamp", filled - no_times
        if seen["zoned"] < seen["iso_times"]:
            doubts.append("times carry no zone and are read as UTC")
    elif fits(seen["day_months"]):
        reading, fitting = date_order or "", seen["day_months"]
        if seen["timed"]:
            doubts.append("times carry no zone and are read as UTC")
        if not reading:
            only = certain_orders if len(certain_orders) == 1 else {"time_dmy"}
            reading = next(iter(only))
            first = "day" if reading == "time_dmy" else "month"
            why = "as in other columns" if certain_orders == only else "a guess"
            doubts.append(
                f"day and month cannot be told apart; read with the {first} first ({why})"
            )
    elif fits(seen["short_years"]):
        doubts.append("dates with two digits for the year: say which century; left as text")
    if filled - fitting and data_type + reading != "string":
        done = "become NULL" if data_type == "string" else "send their row to the rejects"
        doubts.append(f"{filled - fitting} of {filled} values do not fit: they {done}")
    if null_words:
        words = f"{null_words} values are words for nothing (n/a, null, -, ...)"
        if data_type == "string":
            doubts.append(words)
        else:
            reading = {"date": "time_iso", "timestamp": "time_iso", "boolean": ""}.get(
                data_type, "number_point"
            )
            doubts.append(f"{words}: the column lands as text and these become NULL")
            data_type = "string"
    shape = next(
        (
            name_of_shape
            for name_of_shape, pattern in (
                ("email", "emails"),
                ("url", "urls"),
                ("json", "jsons"),
                ("currency", "currencies"),
                ("country", "countries"),
                ("phone", "phones"),
            )
            if filled and seen[pattern] / filled >= 0.8 and not reading and data_type != "date"
        ),
        "",
    )
    if shape == "phone" and data_type == "bigint":
        shape = ""
    words_seen: tuple[str, ...] = ()
    if not shape and not reading and data_type == "string" and distinct <= MAX_WORDS:
        words_seen = _words(connection, table, name, rows)
    column = SampleColumn(
        name, data_type, reading, rows, filled, distinct, shape, False, words_seen, tuple(doubts)
    )
    return _epoch(connection, table, column)


def _leads_with_zero(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> bool:
    """Whether whole numbers begin with a zero: codes (00123), not amounts."""
    row = connection.execute(
        f"select 1 from {_quoted(table)} where regexp_full_match(trim({_text(name)}), '0[0-9]+')"
    ).fetchone()
    return row is not None


def _words(
    connection: duckdb.DuckDBPyConnection, table: str, name: str, rows: int
) -> tuple[str, ...]:
    """The values of a column of few words; none when any of them could be one person's."""
    found = connection.execute(
        f"""
        select trim({_text(name)}) as word, count(*) as word_count
        from {_quoted(table)}
        where trim({_text(name)}) <> ''
        group by word
        order by word_count desc, word
        """
    ).fetchall()
    if rows < MIN_ROWS_FOR_FAULTS or any(count < 2 for _, count in found):
        return ()
    return tuple(word for word, _ in found)


def _epoch(connection: duckdb.DuckDBPyConnection, table: str, column: SampleColumn) -> SampleColumn:
    """Whole numbers under the name of a time, in the range of this century: seconds since 1970."""
    is_time = re.search(
        r"(^|_)(at|time|timestamp|ts|date|epoch|created|updated)$", plain_name(column.name)
    )
    if column.data_type != "bigint" or not is_time or not column.filled:
        return column
    low, high = connection.execute(
        f"select min(try_cast({_text(column.name)} as hugeint)), "
        f"max(try_cast({_text(column.name)} as hugeint)) from {_quoted(table)}"
    ).fetchone() or (0, 0)
    for reading, factor in (("epoch_seconds", 1), ("epoch_milliseconds", 1000)):
        if low is not None and 946_684_800 * factor <= low <= high < 4_102_444_800 * factor:
            return SampleColumn(
                **{
                    **column.__dict__,
                    "reading": reading,
                    "doubts": (
                        *column.doubts,
                        f"numbers are read as {reading.split('_')[1]} since 1970",
                    ),
                }
            )
    return column


def _key(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[SampleColumn],
    rows: int,
) -> tuple[str, ...]:
    """The fewest columns that are filled and unique together; names that sound like a key first."""
    usable = [
        column
        for column in columns
        if column.filled == rows
        and column.kind in ("text", "integer")
        and column.shape not in ("json", "url")
        and not column.reading
    ]
    # a column that is first in the file, sounds like a key or has many values comes first
    usable.sort(
        key=lambda column: (
            KEY_NAME.search(plain_name(column.name)) is None,
            -column.distinct if KEY_NAME.search(plain_name(column.name)) is None else 0,
        )
    )
    for column in usable:
        if column.distinct == rows and KEY_NAME.search(plain_name(column.name)):
            return (column.name,)
    candidates = [column.name for column in usable[:MAX_KEY_CANDIDATES]]
    for size in range(1, MAX_KEY_COLUMNS + 1):
        for names in combinations(candidates, size):
            listed = ", ".join(f"{_text(name)}" for name in names)
            row = connection.execute(
                f"select count(distinct ({listed}, 0)) from {_quoted(table)}"
            ).fetchone()
            if row is not None and row[0] == rows:
                return names
    # Every column is the key where no two rows are the same, or where rows hold nothing but ids.
    different, is_filled = connection.execute(
        f"select count(distinct ({', '.join(_quoted(c.name) for c in columns)}, 0)), "
        f"{' and '.join(str(c.filled == rows) for c in columns)} from {_quoted(table)}"
    ).fetchone() or (0, False)
    are_ids = all(KEY_NAME.search(plain_name(column.name)) for column in columns)
    if is_filled and len(columns) <= MAX_ROW_KEY_COLUMNS and (different == rows or are_ids):
        return tuple(column.name for column in columns)
    return ()


def _text(column: str) -> str:
    return f"cast({_quoted(column)} as varchar)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _glob_safe(path: Path) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
