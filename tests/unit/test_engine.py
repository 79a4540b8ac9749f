"""Faults of engine versions that would change figures without a word."""

import duckdb


def test_a_filter_on_a_sum_over_a_join_keeps_its_rows():
    """DuckDB 2.0.0 bounds the sum by an estimate of the rows and drops what is above it."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table sales as "
            "select i % 3 as shop, 100::bigint as amount, i % 2 as year from range(60) as r (i)"
        )
        connection.execute("create table years as select 1 as year")
        found = connection.execute(
            """
            select shop, sum(amount) as total
            from sales
            where year = (select max(year) from years)
            group by shop
            having sum(amount) > 900
            order by shop
            """
        ).fetchall()
    assert found == [(0, 1000), (1, 1000), (2, 1000)]
