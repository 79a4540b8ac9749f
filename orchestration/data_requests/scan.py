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
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, pairwise
from pathlib import Path
from typing import BinaryIO

import duckdb

CHUNK = 1 << 20
OVERLAP = 1 << 10  # longer than any identifier
AT_ONCE = 1 << 23  # bytes that one query searches
GOES_ON = b"_"  # for what is cut off: a letter, so that no identifier seems to begin or end there


def files_below(places: Iterable[Path]) -> Iterator[Path]:
    """Every file that is one of the places or below it; links are not followed."""
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir():
            yield from sorted(
                path for path in place.rglob("*") if path.is_file() and not path.is_symlink()
            )


def count_in_files(paths: Iterable[Path], mentions: str) -> dict[Path, int]:
    """How often the pattern stands in each file in which it does, all read as what they are.

    Searched by the engine, whose patterns cost the same with many words as with a few. It takes
    text, so each byte is given to it as the letter of that number.
    """
    found: Counter[Path] = Counter()
    by_byte = mentions.encode().decode("latin-1")
    paths = list(paths)
    with duckdb.connect() as connection:
        for pieces in _at_once(piece for path in paths for piece in _pieces(path)):
            places = dict(enumerate(path for path, _ in pieces))
            for number, count in connection.execute(
                """
                select number, len(regexp_extract_all(piece, $mentions, 0, 'i')) as match_count
                from (select unnest($numbers) as number, unnest($pieces) as piece)
                where match_count > 0
                """,
                {
                    "numbers": list(places),
                    "pieces": [piece.decode("latin-1") for _, piece in pieces],
                    "mentions": by_byte,
                },
            ).fetchall():
                found[places[number]] += count
        for path in paths:
            if path.suffix == ".parquet":
                relation = f"read_parquet('{_text(path)}')"
                found[path] += _count_in_relation(connection, relation, mentions)
    return +found


def _at_once(pieces: Iterator[tuple[Path, bytes]]) -> Iterator[list[tuple[Path, bytes]]]:
    """The pieces by so many as are searched together."""
    together: list[tuple[Path, bytes]] = []
    size = 0
    for piece in pieces:
        together.append(piece)
        size += len(piece[1])
        if size >= AT_ONCE:
            yield together
            together, size = [], 0
    if together:
        yield together


def _pieces(path: Path) -> Iterator[tuple[Path, bytes]]:
    """A file in pieces that overlap; what stands in an overlap may be found twice."""
    with path.open("rb") as file:
        stream = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        kept = b""
        for chunk, following in pairwise(chain(_chunks(stream), (b"",))):
            piece = kept + chunk
            yield path, (GOES_ON if kept else b"") + piece + (GOES_ON if following else b"")
            kept = piece[-OVERLAP:]


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
