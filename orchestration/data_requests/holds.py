"""Legal holds: what no purge and no erasure may touch, and who says so.

Belongs here: the seed ``legal_holds`` and whom it holds. Does not: keeping rows back
(retention.py).
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.data_requests.landed_rows import LandedTable
from orchestration.data_requests.person import Person, PersonError, resolve
from orchestration.data_requests.steps import StoppedError
from orchestration.paths import ROOT

SEED = Path("seeds/governance/legal_holds.csv")
KINDS = ("customer", "entity", "table")


@dataclass(frozen=True)
class Hold:
    """One row of the seed. applies_to: kind and name; held_until: UTC, None = until withdrawn."""

    hold_id: str
    applies_to: tuple[str, str]
    held_until: datetime | None
    owner: str
    reason: str

    def covers(self, table: LandedTable) -> bool:
        """Whether every row of a landed table is held."""
        kind, name = self.applies_to
        return (kind == "table" and name == table.source_table) or (
            kind == "entity" and name in table.entities
        )


def in_force(as_of: datetime, root: Path = ROOT) -> list[Hold]:
    """The holds that stand at a time (UTC). Raises StoppedError for a row that says nothing."""
    holds = []
    with (root / SEED).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind, _, name = row["applies_to"].partition(":")
            try:
                until = datetime.fromisoformat(row["held_until"]) if row["held_until"] else None
                if kind not in KINDS or not name or (until and until.tzinfo):
                    raise ValueError
            except ValueError:
                raise StoppedError(
                    f"{SEED}: hold {row['hold_id']} cannot be read. applies_to is one of "
                    f"{', '.join(f'{one}:<name>' for one in KINDS)}; held_until is a UTC time such "
                    "as 2027-12-31 00:00:00, or empty. Nothing goes until it is mended."
                ) from None
            if until is None or as_of < until:
                holds.append(Hold(row["hold_id"], (kind, name), until, row["owner"], row["reason"]))
    return holds


def check(holds: Collection[Hold], tables: Collection[LandedTable]) -> None:
    """Raise StoppedError for a hold on a table or an entity that does not exist."""
    for hold in holds:
        if hold.applies_to[0] != "customer" and not any(hold.covers(table) for table in tables):
            raise StoppedError(
                f"{SEED}: hold {hold.hold_id} is on {':'.join(hold.applies_to)}, of which nothing "
                "lands. Nothing goes until it is mended or withdrawn."
            )


def held_people(connection: duckdb.DuckDBPyConnection, holds: Collection[Hold]) -> list[Person]:
    """The customers that are held. Raises StoppedError for a hold on nobody."""
    people = []
    for hold in holds:
        kind, name = hold.applies_to
        if kind == "customer":
            try:
                people.append(resolve(connection, "customer_id", name))
            except PersonError as error:
                raise StoppedError(
                    f"{SEED}: hold {hold.hold_id} is on {name}: {error} Nothing goes until it is "
                    "mended or withdrawn."
                ) from None
    return people


def refuse(person: Person, holds: Collection[Hold]) -> None:
    """Raise PersonError when the person is held: their data may not be erased (art. 17(3)(e))."""
    for hold in holds:
        kind, name = hold.applies_to
        if kind == "customer" and name in person.customer_ids:
            until = f"until {hold.held_until}" if hold.held_until else "until it is withdrawn"
            raise PersonError(
                f"Hold {hold.hold_id} of {hold.owner} keeps that person's data {until}: "
                f"{hold.reason}. Nothing was erased."
            )
