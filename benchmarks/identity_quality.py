"""How well the identity graph recovers the truth: pairwise and B-cubed precision, recall and F1.

    python -m benchmarks.identity_quality --warehouse FILE --truth FOLDER

The truth is ``records/*.parquet`` with source_name, entity, source_record_id and person_id. A
record without a customer counts as alone. Two lines are printed: person records only (entity
customers), and every record that the truth knows. ``--worst`` lists the customers that mix most
persons.

Pairwise: of the pairs of records put together, how many belong together (precision), and the
reverse (recall). B-cubed: the same, averaged over records, so that one large cluster weighs less.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

PLACED = """
    select
        truth.person_id,
        coalesce(
            resolved.customer_id,
            truth.source_name || '|' || truth.entity || '|' || truth.source_record_id
        ) as customer_id
    from truth
    inner join warehouse.identity_graph.identity_source_records as resolved
        using (source_name, entity, source_record_id)
    where {condition}
"""
COUNTS = """
    with
    placed as ({placed}),
    cells as (
        select person_id, customer_id, count(*)::double as shared from placed group by all
    ),
    sized as (
        select
            shared,
            sum(shared) over (partition by person_id) as of_person,
            sum(shared) over (partition by customer_id) as of_customer
        from cells
    ),
    pairs as (
        select
            sum(shared * (shared - 1) / 2) as right_pairs,
            sum(shared * shared / of_customer) / sum(shared) as bcubed_precision,
            sum(shared * shared / of_person) / sum(shared) as bcubed_recall,
            sum(shared) as records
        from sized
    ),
    persons as (
        select sum(n * (n - 1) / 2) as pairs, count(*) as persons
        from (select sum(shared) as n from cells group by person_id)
    ),
    customers as (
        select sum(n * (n - 1) / 2) as pairs, count(*) as customers
        from (select sum(shared) as n from cells group by customer_id)
    )
    select
        records::bigint, persons, customers,
        right_pairs / nullif(customers.pairs, 0), right_pairs / nullif(persons.pairs, 0),
        bcubed_precision, bcubed_recall
    from pairs cross join persons cross join customers
"""


@dataclass(frozen=True)
class Quality:
    """Counts, and shares between 0 and 1."""

    records: int
    persons: int
    customers: int
    precision: float
    recall: float
    bcubed_precision: float
    bcubed_recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of pairwise precision and recall."""
        return harmonic_mean(self.precision, self.recall)

    @property
    def bcubed_f1(self) -> float:
        """Harmonic mean of B-cubed precision and recall."""
        return harmonic_mean(self.bcubed_precision, self.bcubed_recall)


def harmonic_mean(one: float, other: float) -> float:
    """Harmonic mean of two shares; 0 when both are 0."""
    return 2 * one * other / (one + other) if one + other else 0.0


def connect(warehouse: Path, truth: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the warehouse attached read-only and the truth as a view."""
    connection = duckdb.connect()
    connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
    connection.execute(
        f"create view truth as select * from read_parquet('{truth}/records/*.parquet')"
    )
    return connection


def measure(connection: duckdb.DuckDBPyConnection, condition: str = "true") -> Quality:
    """Quality over the records of the truth that meet the SQL condition."""
    return quality_of(connection, PLACED.format(condition=condition))


def quality_of(connection: duckdb.DuckDBPyConnection, placed: str) -> Quality:
    """Quality of clusters. placed: SQL of one row per record, with person_id and customer_id."""
    row = connection.execute(COUNTS.format(placed=placed)).fetchone()
    assert row is not None
    return Quality(*(value if value is not None else 0 for value in row))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--warehouse",
        type=Path,
        default=Path(os.environ.get("CDP_WAREHOUSE", "warehouse/warehouse.duckdb")),
    )
    parser.add_argument("--truth", type=Path, default=Path("warehouse/truth"))
    parser.add_argument("--worst", type=int, default=0, help="list N customers that mix persons")
    options = parser.parse_args()

    with connect(options.warehouse, options.truth) as connection:
        for name, condition in (
            ("person records", "truth.entity = 'customers'"),
            ("all records", "true"),
        ):
            quality = measure(connection, condition)
            figures = {**asdict(quality), "f1": quality.f1, "bcubed_f1": quality.bcubed_f1}
            print(
                f"{name}: "
                + ", ".join(
                    f"{key} {value:,}" if isinstance(value, int) else f"{key} {value:.4f}"
                    for key, value in figures.items()
                )
            )
        if options.worst:
            print(
                connection.execute(
                    """
                    select customer_id, count(distinct person_id) as persons, count(*) as records
                    from truth
                    inner join warehouse.identity_graph.identity_source_records
                        using (source_name, entity, source_record_id)
                    where entity = 'customers'
                    group by customer_id
                    having persons > 1
                    order by persons desc, records desc, customer_id
                    limit ?
                    """,
                    [options.worst],
                ).df()
            )


if __name__ == "__main__":
    main()
