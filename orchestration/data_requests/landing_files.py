"""Taking a person out of the landing files.

Belongs here: writing a file again so that the person's rows say nothing and every other row says
what it said. Does not: which rows they are (landed_rows.py).

Rows keep their places: a row that goes becomes one without values, which the platform rejects for
want of a key wherever the file is read again. So a second call finds the same rows and changes
nothing, and a call that was killed is simply made again. A file is replaced by one rename.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.data_requests.landed_rows import ERASED, LandedTable
from orchestration.data_requests.tables import fill
from orchestration.landing_reader import (
    LandingError,
    LandingFile,
    ReadingPlan,
    check_columns,
    identifier,
    line_reader,
    literal,
    raw_rows,
)
from orchestration.whole_files import put_in_place

ROWS_AT_ONCE = 10_000


def rewrite(
    connection: duckdb.DuckDBPyConnection,
    file: LandingFile,
    table: LandedTable,
    rows: Collection[int],
    mentions: str,
    *,
    keeps_lines: bool = True,
) -> None:
    """Write a landing file again without the person.

    rows: numbers of the person's rows, from 1, as the loader counts them. mentions: RE2 pattern of
    the person's identifiers, which are blotted out in every text. keeps_lines: keep the lines of a
    CSV file that cannot be split into columns.
    """
    path = file.path
    plan = ReadingPlan(file, 0, datetime.now(UTC), "")
    problems = check_columns(connection, plan)
    if problems:
        raise LandingError("\n".join(problems))
    fill(connection, "person_rows", {"number": "bigint"}, [(row,) for row in sorted(rows)])
    part = path.with_name(f".{path.name}.part")
    if file.format == "parquet":
        _write_parquet(connection, plan, table, mentions, part)
    elif file.format == "csv":
        _write_csv(connection, plan, table, mentions, part, keeps_lines=keeps_lines)
    else:
        _write_jsonl(connection, plan, table, mentions, part)
    if path.name.endswith(".gz"):
        _compress(part)
    shutil.copymode(path, part)
    put_in_place(part, path)


def note_content(connection: duckdb.DuckDBPyConnection, file: LandingFile) -> None:
    """Tell the ledger what a file contains now, so that it does not land again."""
    status = file.path.stat()
    with file.path.open("rb") as stream:
        content_hash = hashlib.file_digest(stream, "sha256").hexdigest()
    connection.execute(
        """
        update landing.files
        set bytes = $bytes, modified_at = $modified_at, content_hash = $content_hash
        where
            file = $file
            and batch_id = (select max(batch_id) from landing.files where file = $file)
        """,
        {
            "bytes": status.st_size,
            "modified_at": datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None),
            "content_hash": content_hash,
            "file": file.name,
        },
    )


def _values(plan: ReadingPlan, table: LandedTable, mentions: str) -> list[str]:
    """SQL of each column of the file: cleared in the person's rows, without mentions elsewhere."""
    kept = _kept_columns(table)
    values = []
    for position, name in enumerate(plan.header, start=1):
        value = quoted = identifier(name or f"column_{position}")
        if plan.types[name.lower()].upper() in ("VARCHAR", "JSON"):
            value = f"regexp_replace({value}, {literal(mentions)}, '{ERASED}', 'gi')"
        if name.lower() not in kept:
            value = f"case when person_rows.number is null then {value} end"
        values.append(f"{value} as {quoted}")
    return values


def _kept_columns(table: LandedTable) -> set[str]:
    """Columns that a row of the person keeps; of a column that nobody declared nobody knows."""
    if table.deletes_row:
        return set()
    return {name.lower() for name, rule in table.columns.items() if rule == "keep"}


def _rows(plan: ReadingPlan, table: LandedTable, mentions: str, *, keep_errors: bool) -> str:
    """SQL of the file's rows without the person, in their order."""
    return (
        f"select {', '.join(_values(plan, table, mentions))} "
        f"from {raw_rows(plan, keep_errors=keep_errors)} as raw "
        "left join person_rows on raw._row = person_rows.number order by raw._row"
    )


def _write_parquet(
    connection: duckdb.DuckDBPyConnection,
    plan: ReadingPlan,
    table: LandedTable,
    mentions: str,
    part: Path,
) -> None:
    connection.execute(
        f"copy ({_rows(plan, table, mentions, keep_errors=False)}) "
        f"to {literal(str(part))} (format parquet, compression zstd)"
    )


def _write_csv(
    connection: duckdb.DuckDBPyConnection,
    plan: ReadingPlan,
    table: LandedTable,
    mentions: str,
    part: Path,
    *,
    keeps_lines: bool,
) -> None:
    """Lines that could not be split into columns follow at the end, as they were, if at all."""
    declared = plan.file.table
    connection.execute(
        f"copy ({_rows(plan, table, mentions, keep_errors=True)}) "
        f"to {literal(str(part))} (format csv, header true, "
        f"delimiter {literal(declared.delimiter)}, "
        "quote '\"', escape '\"', compression none)"
    )
    lines = connection.execute(
        "select any_value(csv_line) from _line_errors group by line order by line"
    ).fetchall()
    connection.execute("drop table _line_errors; drop table _line_scans")
    pattern = re.compile(mentions, re.IGNORECASE)
    with part.open("a", encoding="utf-8") as stream:
        for (line,) in lines if keeps_lines else ():
            if not pattern.search(line):
                stream.write(line.rstrip("\r\n") + "\n")
    if declared.encoding != "utf-8":  # the only one that DuckDB writes
        _encode(part, declared.encoding)


def _write_jsonl(
    connection: duckdb.DuckDBPyConnection,
    plan: ReadingPlan,
    table: LandedTable,
    mentions: str,
    part: Path,
) -> None:
    pattern = re.compile(mentions, re.IGNORECASE)
    kept = _kept_columns(table)
    reader = connection.execute(
        "select line, person_rows.number is not null from "
        f"(select line, row_number() over () as _row from {line_reader(plan.file.path)}) "
        "as raw "
        "left join person_rows on raw._row = person_rows.number order by raw._row"
    )
    with part.open("w", encoding="utf-8", newline="") as stream:
        while lines := reader.fetchmany(ROWS_AT_ONCE):
            for line, is_persons in lines:
                stream.write(_json_line(line or "", is_persons, kept, pattern) + "\n")


def _json_line(line: str, is_persons: bool, kept: Collection[str], pattern: re.Pattern[str]) -> str:
    if is_persons:
        line = _kept_fields(line, kept)
    return pattern.sub(ERASED, line)


def _kept_fields(line: str, kept: Collection[str]) -> str:
    """The object with the fields that stay; a line that is none says nothing that stays."""
    try:
        fields = json.loads(line)
    except ValueError:
        return "{}"
    return json.dumps(
        {name: value for name, value in fields.items() if name.lower() in kept}, ensure_ascii=False
    )


def _encode(part: Path, encoding: str) -> None:
    plain = part.with_name(part.name + ".plain")
    part.replace(plain)
    with (
        plain.open(encoding="utf-8", newline="") as source,
        part.open("w", encoding=encoding, newline="") as target,
    ):
        shutil.copyfileobj(source, target)
    plain.unlink()


def _compress(part: Path) -> None:
    plain = part.with_name(part.name + ".plain")
    part.replace(plain)
    with plain.open("rb") as source, gzip.open(part, "wb") as target:
        shutil.copyfileobj(source, target)
    plain.unlink()
