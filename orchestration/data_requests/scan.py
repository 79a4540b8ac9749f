"""Looking for a person in everything that is kept.

Belongs here: reading databases by value and files by byte. Does not: what is looked for
(``Person.mentions``) and what follows from it.

DuckDB and Parquet files are compressed, so their bytes alone prove nothing: they are also read
value by value. What a database no longer shows can still stand in its blocks; that is what the
rewriting of the file is for, and why its bytes are looked at as well.
"""

from __future__ import annotations

import codecs
import gzip
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import duckdb

CHUNK = 1 << 20
OVERLAP = 1 << 10  # longer than any identifier


def files_below(places: Iterable[Path]) -> Iterator[Path]:
    """Every file that is one of the places or below it; links are not followed."""
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir():
            yield from sorted(
                path for path in place.rglob("*") if path.is_file() and not path.is_symlink()
            )


def count_in_file(path: Path, mentions: str) -> int:
    """How often the pattern stands in a file, read as what it is."""
    pattern = re.compile(mentions.encode(), re.IGNORECASE)
    with path.open("rb") as file:
        if path.suffix == ".gz":
            count = _count_in_stream(gzip.GzipFile(fileobj=file), pattern)
        else:
            count = _count_in_stream(file, pattern)
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            count += _count_in_relation(connection, f"read_parquet('{_text(path)}')", mentions)
    return count


def _count_in_stream(stream: BinaryIO | gzip.GzipFile, pattern: re.Pattern[bytes]) -> int:
    """Matches in a stream, read in chunks that overlap; one in an overlap may count twice."""
    count, kept = 0, b""
    for chunk in _chunks(stream):
        count += sum(1 for _ in pattern.finditer(kept + chunk))
        kept = (kept + chunk)[-OVERLAP:]
    return count


def _chunks(stream: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    """The stream piece by piece, UTF-16 text as UTF-8: in it, no pattern is found by byte."""
    first = stream.read(CHUNK)
    chunks = chain((first,), iter(partial(stream.read, CHUNK), b""))
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        for text in codecs.iterdecode(chunks, "utf-16", errors="replace"):
            yield text.encode()
    else:
        yield from chunks


def count_in_database(path: Path, mentions: str) -> dict[str, int]:
    """Rows of each table of a DuckDB file of which any value holds the pattern."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_text(path)}' as scanned (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'scanned' order by all"
        ).fetchall()
        found = {
            f"{schema}.{table}": _count_in_relation(
                connection, f'scanned."{schema}"."{table}"', mentions
            )
            for schema, table in tables
        }
    return {table: count for table, count in found.items() if count}


def _count_in_relation(connection: duckdb.DuckDBPyConnection, relation: str, mentions: str) -> int:
    columns = [
        row[0]
        for row in connection.execute(f"describe select * from {relation}").fetchall()
        if _may_hold_text(row[1])
    ]
    if not columns:
        return 0
    holds = " or ".join(
        f"regexp_matches(cast(\"{column}\" as varchar), $mentions, 'i')" for column in columns
    )
    row = connection.execute(
        f"select count(*) from {relation} where {holds}", {"mentions": mentions}
    ).fetchone()
    return int(row[0]) if row else 0


def _may_hold_text(data_type: str) -> bool:
    return any(word in data_type.upper() for word in ("VARCHAR", "JSON", "BLOB"))


def _text(path: Path) -> str:
    return str(path).replace("'", "''")
