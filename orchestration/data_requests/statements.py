"""Restriction and objection: what a person asks for becomes a record that lands.

Belongs here: the landing files of the source ``contract`` that say so. Does not: what follows from
them, which is for the models: an objection is an act of consent, a restriction a mark on a person
record. So both go through merges and splits, stay when the warehouse is built again, and are erased
with the person.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.data_requests.person import Person, PersonError
from orchestration.whole_files import write_whole

SOURCE_NAME = "data_requests"
# What a record can say of a person so that the graph finds the others.
RECORD_IDENTIFIERS = ("email", "phone", "loyalty_number", "user_id")


def objection(contact_points: Sequence[str], now: datetime) -> list[dict[str, Any]]:
    """Rows of contract.consents: an objection (GDPR art. 21) at each e-mail address and phone."""
    request = f"objection-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    return [
        {
            "source_name": SOURCE_NAME,
            "source_record_id": f"{request}-{position}",
            "contact_point": contact_point,
            "channel": "all",
            "purpose": "all",
            "status": "objected",
            "capture_source": "data request",
            "captured_at": _time(now),
            "recorded_at": _time(now),
        }
        for position, contact_point in enumerate(contact_points, start=1)
    ]


def consent(contact_point: str, channel: str, now: datetime) -> list[dict[str, Any]]:
    """A row of contract.consents: marketing is agreed to at a contact point, on a channel."""
    return [
        {
            "source_name": SOURCE_NAME,
            "source_record_id": f"consent-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
            "contact_point": contact_point,
            "channel": channel,
            "purpose": "marketing",
            "status": "granted",
            "capture_source": "data request",
            "captured_at": _time(now),
            "recorded_at": _time(now),
        }
    ]


def restriction(person: Person, now: datetime, *, is_lifted: bool) -> list[dict[str, Any]]:
    """A row of contract.customers: processing is restricted (GDPR art. 18), or no longer.

    Raises PersonError when the person has nothing that ties the record to the others.
    """
    stated: dict[str, str] = {}
    for kind, value in person.identifiers:
        if kind in RECORD_IDENTIFIERS:
            stated.setdefault(kind, value)
    if not stated:
        raise PersonError(
            "Nothing but browsers and devices is known of that person, so there is nobody to "
            "restrict the processing of: it is not marketed to anyway."
        )
    return [
        {
            "source_name": SOURCE_NAME,
            "source_record_id": f"restriction-{person.customer_ids[0]}",
            **stated,
            "is_restricted": not is_lifted,
            "recorded_at": _time(now),
        }
    ]


def contact_points_of(person: Person) -> list[str]:
    """The person's own e-mail addresses and phones."""
    return [value for kind, value in person.identifiers if kind in ("email", "phone")]


def land(landing: Path, entity: str, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write the rows as a landing file of the source ``contract``; returns it."""
    file = landing / "contract" / entity / f"request-{secrets.token_hex(6)}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, "".join(json.dumps(row) + "\n" for row in rows))
    return file


def _time(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
