"""A question of the review queue is asked until somebody has answered it."""

from __future__ import annotations

import hashlib

import pandas as pd
from graph import Graph


def word(number: int, purpose: str) -> str:
    """Letters unlike those of any other number and purpose."""
    digest = hashlib.sha256(f"{number} {purpose}".encode()).hexdigest()[:9]
    return digest.translate(str.maketrans("0123456789", "ghijklmnop"))


def namesakes(graph: Graph) -> pd.DataFrame:
    """Pairs of records that the queue asks about, as possible merges."""
    graph.build()
    return graph.connection.execute(
        """
        select one.identifier_value as one, other.identifier_value as other
        from identity_review_queue
        inner join int_identity__nodes as one on identifier_key_a = one.identifier_key
        inner join int_identity__nodes as other on identifier_key_b = other.identifier_key
        where question = 'possible_merge'
        """
    ).df()


def test_a_decision_to_keep_apart_takes_the_question_off_the_queue() -> None:
    graph = Graph()
    graph.land(
        {
            "customers": [
                {
                    "source_name": "crm",
                    "source_record_id": f"r{number}",
                    "recorded_at": "2026-01-01",
                    "given_name": "ana" if number in (0, 20) else word(number, "given"),
                    "family_name": "ruiz" if number in (0, 20) else word(number, "family"),
                    "birth_date": f"19{50 + number}-03-{1 + number % 28:02d}",
                    "email": f"{word(number, 'mail')}@x.example",
                }
                for number in range(30)
            ]
        }
    )
    pair = {"crm|r0", "crm|r20"}
    assert [set(row) for row in namesakes(graph).to_numpy().tolist()] == [pair]
    graph.connection.execute(
        "insert into identity_overrides values ('two', 'cannot_link', 'customer_record', "
        "'crm|r0', 'customer_record', 'crm|r20', null, null, 'owner', 'two people', null)"
    )
    assert namesakes(graph).empty
