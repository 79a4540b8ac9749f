"""The landing folder's own memory: which content landed under which name, when, in which batch.

What belongs here: reading and writing ``landing/.landed.jsonl``, and what the warehouse says of
the same. What does not: deciding what to load (landing.py).

The warehouse has the same in landing.files. This copy outlives it: a warehouse that is built again
from the landing folder takes the files in the batches in which they came, so that everything that
depends on what came first (customer ids above all) comes out as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.whole_files import write_whole

NAME = ".landed.jsonl"


@dataclass(frozen=True)
class Landed:
    """One content of one file: name below the landing folder, SHA-256, batch, UTC time."""

    file: str
    content_hash: str
    batch_id: int
    landed_at: str

    @property
    def time(self) -> datetime:
        """When it landed, UTC without zone."""
        return datetime.fromisoformat(self.landed_at)


def read(landing: Path) -> dict[tuple[str, str], Landed]:
    """What the folder remembers, by file name and content; lines that are damaged are left out."""
    remembered: dict[tuple[str, str], Landed] = {}
    try:
        lines = (landing / NAME).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    for line in lines:
        try:
            landed = Landed(**json.loads(line))
            landed.time  # noqa: B018  (a line without a time is damaged)
        except (TypeError, ValueError):
            continue
        remembered.setdefault((landed.file, landed.content_hash), landed)
    return remembered


def landed(connection: duckdb.DuckDBPyConnection) -> list[Landed]:
    """What the warehouse has read, for the landing folder to remember."""
    rows = connection.execute(
        "select file, content_hash, batch_id, loaded_at from landing.files "
        "order by batch_id, file, loaded_at"
    ).fetchall()
    return [
        Landed(file, content_hash, batch_id, loaded_at.isoformat())
        for file, content_hash, batch_id, loaded_at in rows
    ]


def remember(landing: Path, landed: Iterable[Landed]) -> str | None:
    """Add what is not remembered yet; returns a warning when the folder cannot be written to."""
    known = read(landing)
    new = [entry for entry in landed if (entry.file, entry.content_hash) not in known]
    if not new:
        return None
    text = "".join(
        json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in [*known.values(), *new]
    )
    target = landing / NAME
    try:
        write_whole(target, text)
    except OSError as error:
        return (
            f"{target}: cannot be written ({error.strerror}). A warehouse that is built again from "
            "this folder would not know in which batches its files came."
        )
    return None
