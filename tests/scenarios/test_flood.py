"""A flood of records with one phone number: it merges nobody, and takes nothing from anybody."""

from __future__ import annotations

import pandas as pd
import pytest
from graph import Graph

FLOOD = 700  # more than the seed allows to one phone
PEOPLE = 40  # of whom each has two records with one e-mail, one of them with the flooded phone

NAMES = ", ".join(
    f"translate(left(md5('{part}' || i), 8), '0123456789', 'ghijklmnop') as {part}_name"
    for part in ("given", "family")
)
RECORDS = f"""
    select 'flood-' || i as source_record_id, {NAMES},
        'f' || i || '@flood.example' as email, '+34600000001' as phone, null as is_phone_verified
    from range({FLOOD}) as numbers (i)
    union all
    select 'person-' || i // 2 || '-' || i % 2, null, null, 'p' || i // 2 || '@people.example',
        case when i % 2 = 0 then '+34600000001' end, null
    from range(2 * {PEOPLE}) as numbers (i)
    union all
    select 'claim-' || i, {NAMES}, null, '+34600000002', false
    from range({FLOOD}, 2 * {FLOOD}) as numbers (i)
    union all
    select 'owner-' || i, null, null, null, '+34600000002', true
    from range(2) as numbers (i)
"""


@pytest.fixture(scope="module")
def customers() -> pd.Series:
    """customer_id of each record."""
    graph = Graph()
    graph.connection.execute(
        f"""
        insert into harmonized_customers by name
        select *, 'web' as source_name, 'contract.customers' as source_table, 1 as batch_id,
            1 as first_batch_id, 1 as times_landed, timestamp '2026-01-01' as recorded_at
        from ({RECORDS})
        """
    )
    state = graph.build()
    return state["identity_source_records"].set_index("source_record_id")["customer_id"]


def test_a_flooded_phone_merges_nobody_and_parts_nobody(customers: pd.Series) -> None:
    of_flood = customers[customers.index.str.startswith(("flood-", "claim-"))]
    assert len(of_flood) == of_flood.nunique() == 2 * FLOOD
    of_people = customers[customers.index.str.startswith("person-")]
    people = of_people.groupby(of_people.index.str.rsplit("-", n=1).str[0])
    assert people.nunique().tolist() == [1] * PEOPLE
    assert of_people.nunique() == PEOPLE
    assert not set(of_people) & set(of_flood)


def test_claims_without_proof_take_no_phone_from_who_has_verified_it(customers: pd.Series) -> None:
    owner = customers[customers.index.str.startswith("owner-")]
    assert owner.nunique() == 1
    assert (customers == owner.iloc[0]).sum() == 2
