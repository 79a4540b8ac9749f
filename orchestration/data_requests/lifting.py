"""Lifting: a person comes back on their own will, or a restriction is over.

Belongs here: ending a restriction, an objection or the memory of an erasure, and the note of who
decided it. Does not: judging whether it is right; whoever lifts says why.

Only what is named is lifted. After an erasure the other identifiers of the person and the records
of then stay suppressed, so that only what is new of them comes in.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.data_requests import certificates, statements, tombstones
from orchestration.data_requests.landed_rows import staging_views
from orchestration.data_requests.person import (
    Person,
    PersonError,
    contact_point_key,
    resolve,
    text_of,
)
from orchestration.data_requests.tables import has_table
from orchestration.paths import ROOT, Paths

CHANNELS = Path("seeds/consent/consent_channels.csv")
REFUSALS = ("unified_customer", "int_customer__refusals")


@dataclass(frozen=True)
class Lift:
    """What would be lifted, in words, and what does it; ``about`` names nobody."""

    about: str
    apply: Callable[[], Any]


def restriction(paths: Paths, kind: str, value: str) -> Lift:
    """The end of a restriction (art. 18(3)): a later version of the record that began it."""
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        person = resolve(connection, kind, value)
    rows = statements.restriction(person, datetime.now(UTC), is_lifted=True)
    return Lift(
        f"{rows[0]['source_record_id']}, from the next run on",
        lambda: statements.land(paths.landing, "customers", rows),
    )


def objection(paths: Paths, kind: str, value: str, channel: str | None) -> Lift:
    """A new consent after an objection, at one contact point and on one channel.

    Raises PersonError for what is no contact point: consent is given for an address or a number.
    """
    channels = channels_of(kind)
    if channel not in channels:
        raise PersonError(
            "An objection ends where a new consent begins: name the contact point (--email or "
            "--phone) and the channel of it that the person has agreed to (--channel "
            f"{' or '.join(channels) or 'email, sms or call'})."
        )
    point = text_of(kind, value).split("|", 1)[1]
    rows = statements.consent(point, channel, datetime.now(UTC))
    return Lift(
        f"{rows[0]['source_record_id']}, from the next run on",
        lambda: statements.land(paths.landing, "consents", rows),
    )


def channels_of(contact_point_type: str, root: Path = ROOT) -> list[str]:
    """The channels on which consent is held by that kind of contact point."""
    with (root / CHANNELS).open(encoding="utf-8", newline="") as file:
        return [
            row["channel"]
            for row in csv.DictReader(file)
            if row["contact_point_type"] == contact_point_type
        ]


def tombstone(paths: Paths, manifest: Mapping[str, Any], key: bytes, kind: str, value: str) -> Lift:
    """One identifier of an erased person that may land again.

    Raises PersonError when nobody was erased who had it.
    """
    text = text_of(kind, value)
    point = contact_point_key(kind, text.split("|", 1)[1])
    texts = [text, f"contact_point|{point}"]
    words = Person((), ((kind, text.split("|", 1)[1]),), ()).words
    texts += [f"mention|{word}" for word in words]
    if kind == "customer_record":
        source, _, record = text.split("|", 1)[1].partition("|")
        texts += [
            f"record|{view.source_table}|{record}"
            for view in staging_views(manifest)
            if view.is_primary and view.source_table.startswith(f"{source}.")
        ]
    digests = [tombstones.digest(key, one) for one in texts]
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.begin()  # and never committed: nothing is changed yet
        tombstones.recall(connection, paths.landing)
        tombstones.use(connection, key)
        request_id = tombstones.request_of(connection, digests[0])
    if request_id is None:
        raise PersonError(f"Nobody who was erased is known to have had that {kind}.")

    def apply() -> None:
        with duckdb.connect(str(paths.warehouse)) as connection:
            connection.begin()
            if has_table(connection, *REFUSALS):
                # What was refused there before the erasure holds again, until a later consent.
                connection.execute(
                    f"update {'.'.join(REFUSALS)} set contact_point_key = ? "
                    "where contact_point_key = ?",
                    [point, digests[1]],
                )
            tombstones.remove(connection, digests)
            tombstones.remember(connection, paths.landing)
            connection.commit()

    return Lift(f"tombstone of {request_id}, for what lands from now on", apply)


def note(paths: Paths, about: str, owner: str, reason: str) -> Path:
    """Keep who lifts what, when and why, beside the certificates; written before it is done."""
    now = datetime.now(UTC)
    return certificates.write(
        paths,
        f"lift-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        {
            "lifted": about,
            "decided_at": now.isoformat(timespec="seconds"),
            "owner": owner,
            "reason": reason,
        },
    )
