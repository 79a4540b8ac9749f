"""What is remembered of an erased person: keyed digests, which say nothing without the key.

Belongs here: the key, the digests in Python and in SQL, their table and its copy in the landing
folder. Does not: what is digested (person.py, landed_rows.py).

A digest is HMAC-SHA256 over the SHA-256 of a text such as ``email|ana@example.org``. A plain hash
of an address or a phone number is found by trying all of them; with a key that is kept elsewhere it
is not. The key comes from the environment and never enters the warehouse.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from orchestration.data_requests.tables import fill
from orchestration.whole_files import write_whole

VARIABLE = "CDP_ERASURE_PEPPER"
MINIMUM_LENGTH = 16
NAME = ".erased.jsonl"
OF_PURGE = "purge-"  # begins the name of a purge; what it buries are ids, which need no key
CANARY = "tombstones"  # digested with every request: tells whether the key is the same
COLUMNS = ("digest", "request_id", "erased_at")
_BLOCK = 64


class PepperError(RuntimeError):
    """The key is missing or is not the one with which the digests were made."""


@dataclass(frozen=True)
class Tombstone:
    """One thing by which an erased person is known again: digest, request, UTC time of erasure."""

    digest: str
    request_id: str
    erased_at: str


def pepper(environ: Mapping[str, str] | None = None) -> bytes:
    """The key. Raises PepperError when it is not set or is too short to keep anything secret."""
    given = (os.environ if environ is None else environ).get(VARIABLE, "")
    if len(given) < MINIMUM_LENGTH:
        raise PepperError(
            f"Set {VARIABLE} to the secret with which erased people are known again (at least "
            f"{MINIMUM_LENGTH} characters, the same one for good, kept outside the warehouse)."
        )
    return given.encode()


def plain_key(text: str) -> str:
    """What is digested for a text, and the same as ``identifier_key`` of the identity graph."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_key(key: bytes, plain: str) -> str:
    """The keyed digest of a text of which only ``plain_key`` is known, as hexadecimal."""
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def digest(key: bytes, text: str) -> str:
    """The keyed digest of a text, as hexadecimal."""
    return digest_of_key(key, plain_key(text))


def digest_of_id(customer_id: str) -> str:
    """The digest of a customer id, by which a build knows that it must not give it out again.

    Without the key, which no build has: an id cannot be found by trying.
    """
    return plain_key(f"customer_id|{customer_id}")


def use(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Make ``digest_sql`` work on this connection; the key lives and dies with it.

    Raises PepperError when the tombstones that are there were made with another key.
    """
    if are_there(connection) and request_of(connection, digest(key, CANARY)) is None:
        raise PepperError(
            f"{VARIABLE} is not the secret with which the tombstones of this warehouse were made: "
            "with it nobody who was erased would be known again. Set the former one."
        )
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    for name, pad in (("erasure_inner", 0x36), ("erasure_outer", 0x5C)):
        padded = bytes(byte ^ pad for byte in block).hex()
        connection.execute(f"set variable {name} = unhex('{padded}')")


def digest_sql(text: str) -> str:
    """SQL of the keyed digest of the text that an SQL expression gives."""
    return (
        "sha256(getvariable('erasure_outer') || unhex(sha256("
        f"getvariable('erasure_inner') || encode(sha256({text})))))"
    )


def create_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Create landing.tombstones; builds only read it."""
    connection.execute(
        """
        create schema if not exists landing;
        create table if not exists landing.tombstones (
            digest varchar not null,
            request_id varchar not null,
            erased_at timestamp not null
        );
        """
    )


def add(connection: duckdb.DuckDBPyConnection, new: Iterable[Tombstone]) -> None:
    """Add what the table does not have yet."""
    create_table(connection)
    rows = [(stone.digest, stone.request_id, stone.erased_at) for stone in new]
    fill(connection, "new_tombstones", dict.fromkeys(COLUMNS, "varchar"), rows)
    connection.execute(
        """
        insert into landing.tombstones
        select * from new_tombstones
        where digest not in (select digest from landing.tombstones)
        """
    )


def remove(connection: duckdb.DuckDBPyConnection, digests: Sequence[str]) -> None:
    """Forget these; write the copy (``remember``) before committing, or the next load has them."""
    connection.execute(
        "delete from landing.tombstones where list_contains(?, digest)", [list(digests)]
    )


def are_there(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether anybody has been erased; the ids that a purge forgets are nobody's any more."""
    return bool(
        connection.execute(
            "select 1 from landing.tombstones where not starts_with(request_id, $1) limit 1",
            [OF_PURGE],
        ).fetchone()
    )


def request_of(connection: duckdb.DuckDBPyConnection, wanted: str) -> str | None:
    """The request under which a digest was written; None when it was not."""
    row = connection.execute(
        "select request_id from landing.tombstones where digest = ?", [wanted]
    ).fetchone()
    return str(row[0]) if row else None


def remember(connection: duckdb.DuckDBPyConnection, landing: Path) -> None:
    """Write the copy in the landing folder, which outlives the warehouse."""
    stones = [
        Tombstone(digest, request_id, erased_at.isoformat())
        for digest, request_id, erased_at in connection.execute(
            "select digest, request_id, erased_at from landing.tombstones order by all"
        ).fetchall()
    ]
    landing.mkdir(parents=True, exist_ok=True)
    write_whole(landing / NAME, "".join(json.dumps(asdict(stone)) + "\n" for stone in stones))


def recall(connection: duckdb.DuckDBPyConnection, landing: Path) -> None:
    """Take over what the landing folder remembers: the warehouse may be a new one."""
    create_table(connection)
    copy = landing / NAME
    if copy.exists():
        lines = copy.read_text(encoding="utf-8").splitlines()
        add(connection, (Tombstone(**json.loads(line)) for line in lines if line.strip()))
