"""The summary of a run (``python -m orchestration.summary``).

Belongs here: a few counts of the warehouse and where to look. Does not: rules; every number is a
column of a model.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.paths import ROOT, Paths

ROWS = """
select landed, accepted, duplicate, rejected
from (
    select
        sum(landed) as landed,
        sum(accepted) as accepted,
        sum(duplicate) as duplicate,
        sum(rejected) as rejected
    from staging.row_accounting
)
"""
CHANGES = """
select source_table || '.' || column_name || ': ' || change || ' (' || file || ')'
from landing.column_changes
where batch_id = (select max(files.batch_id) from landing.files as files)
order by source_table, column_name, file
"""
REJECTS = """
select
    case
        when state = 'open' then 'open'
        when closed_at = (select max(loaded_at) from landing.files) then 'closed by newest delivery'
        else 'closed before'
    end as stand,
    count(*) as rejected_rows
from staging.rejected_records
group by stand
order by stand = 'open' desc, stand desc
"""
OPEN_REJECTS = """
select reason, sum(rejected_count)::bigint as rejected_rows
from unified_customer.unified_rejected_records
where state = 'open'
group by reason
order by rejected_rows desc, reason
limit 5
"""
HELD_BACK = """
select
    source_table || ' of ' || snapshot_at || ' (' || source_name || '): '
    || case held_back_reason
        when 'empty' then 'no record. Land its files again under the same date'
        when 'small' then
            format('{:,} records, {:,} before. ', record_count, largest_record_count)
            || 'Land what is missing under the same date'
        else
            format('{:,} rejected rows without a key may be anybody. ', unknown_row_count)
            || 'Mend them and land their files again'
    end
    || case
        when held_back_reason = 'empty' then ''
        else '; if the others are gone indeed, add "' || source_table || ' ' || snapshot_at
            || '" to the var snapshots_confirmed'
    end
    || '.' as held_back
from staging.snapshot_files
where held_back_reason is not null and next_snapshot_at is null and is_current
group by all
order by all
"""
CUSTOMERS = """
select population, count(*) as customers
from unified_customer.unified_customers
group by population
order by customers desc, population
"""
IDENTITY = """
select 'person records' as figure, count(*) as records
from identity_graph.identity_source_records
where entity = 'customers'
union all
select 'customers that they are', count(distinct customer_id)
from identity_graph.identity_source_records
where entity = 'customers'
union all
select 'customer ids merged into others', count(*)
from identity_graph.identity_merges
"""
TIERS = """
select tier_name, count(*) as members
from marts.dim_loyalty_members
group by tier_name
order by members desc, tier_name
"""
SUPPRESSED = """
select reason_code, count(distinct customer_id) as customers
from marts.fct_suppressions
group by reason_code
order by customers desc, reason_code
"""
RESTATED = """
select cause, sum(unit_count) as units
from marts.fct_metric_restatements
where publication_number = (
    select max(publication_number) from marts_work.int_governance__publications
)
group by cause
order by units desc, cause
"""


def summary(paths: Paths) -> str:
    """The summary as text; opens the warehouse read-only."""
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        parts = [
            rows_block(connection),
            *lines_block(connection, "Columns changed in the newest delivery", CHANGES),
            *lines_block(connection, "Full snapshots that deleted nobody", HELD_BACK),
            *(
                block(connection, title, query)
                for title, query in (
                    ("Rejects", REJECTS),
                    ("Open rejects, by reason", OPEN_REJECTS),
                    ("Customers", CUSTOMERS),
                    ("Merges", IDENTITY),
                    ("Loyalty members by tier", TIERS),
                    ("Suppressed customers by reason", SUPPRESSED),
                    ("Changed since the last publication, by cause", RESTATED),
                )
            ),
        ]
    return "\n\n".join([*parts, places(paths)])


def rows_block(connection: duckdb.DuckDBPyConnection) -> str:
    """Rows in, and what became of them."""
    landed = connection.execute(ROWS).fetchone() or (0, 0, 0, 0)
    names = ("in", "accepted", "duplicate", "rejected")
    return titled(
        "Rows", [(name, int(count or 0)) for name, count in zip(names, landed, strict=True)]
    )


def lines_block(connection: duckdb.DuckDBPyConnection, title: str, query: str) -> list[str]:
    """One query with a text per row as a titled block; nothing when it gives no row."""
    lines = [f"  {line}" for (line,) in connection.execute(query).fetchall()]
    return ["\n".join([title, *lines])] if lines else []


def block(connection: duckdb.DuckDBPyConnection, title: str, query: str) -> str:
    """One query with a name and a count per row as a titled block."""
    rows = connection.execute(query).fetchall()
    return titled(title, [(str(name or "none"), count) for name, count in rows] or [("none", 0)])


def titled(title: str, rows: Sequence[tuple[str, int]]) -> str:
    """A title and aligned lines."""
    return "\n".join(
        [title, *(f"  {name.replace('_', ' '):<40} {count:>14,}" for name, count in rows)]
    )


def places(paths: Paths) -> str:
    """Where the results are."""
    where = (
        ("serving file", paths.serving),
        ("Parquet", paths.parquet),
        ("activation files", paths.activation),
        ("dashboards", paths.dashboards / "index.html"),
        ("audit report", paths.audit / "publication.html"),
        ("data docs", paths.data_docs / "publication" / "index.html"),
        ("", paths.data_docs / "landing" / "index.html"),
    )
    lines = [f"  {name:<18} {shown(place)}" for name, place in where if place.exists()]
    return "\n".join(["Where to look", *lines])


def shown(place: Path) -> str:
    """A path relative to the repository when it is inside it."""
    return str(place.relative_to(ROOT)) if place.is_relative_to(ROOT) else str(place)


if __name__ == "__main__":
    sys.stdout.write(summary(Paths.from_env()) + "\n")
