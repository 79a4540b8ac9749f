"""What moves the identity map in end-to-end tests: a record that mixes two people up, decisions."""

from __future__ import annotations

from pathlib import Path

import duckdb


def mix_up(landing: Path, record: str, email: str, card: str) -> None:
    """Land a record in which a service desk wrote down one customer's e-mail with another's card.

    landing: a folder in landing layout; record: the record's key, and the name of its file.
    """
    file = landing / "contract" / "customers" / f"desk_{record}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f"source_name,source_record_id,email,loyalty_number\ndesk,{record},{email},{card}\n"
    )


def decide(
    warehouse: Path, action: str, email: str, card: str, valid_from: str, valid_to: str | None
) -> None:
    """A row of the seed identity_overrides: must_link or cannot_link, for so long (UTC)."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            """
            insert into seeds.identity_overrides by name
            select
                concat($1, ' ', $3) as override_id,
                $1 as action,
                'email' as identifier_type_a,
                $2 as identifier_value_a,
                'loyalty_number' as identifier_type_b,
                $3 as identifier_value_b,
                $4::timestamp as valid_from,
                $5::timestamp as valid_to,
                'a steward' as owner,
                'case 77' as reason
            """,
            [action, email, card, valid_from, valid_to],
        )
