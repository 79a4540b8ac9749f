"""A real Brazilian marketplace through the contract source: identity truth, order states, payments.

All 99,441 customer records with the person that each belongs to (96,096 persons), and 20,000 orders
with every item, payment and review.
"""

from decimal import Decimal

import pytest
from real_run import DATA, RealRun

FOLDER = DATA / "olist"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = RealRun("olist", tmp_path_factory.mktemp("olist"))
    run.load()
    run.build(
        "+fct_orders",
        "+dim_customers",
        "+dim_products",
        "+bridge_customer_source_records",
        "+unified_payments",
        "+unified_surveys",
    )
    return run


def test_customers_are_the_persons_of_the_truth_and_no_others(run):
    # 99,441 records, 96,096 persons, 2,997 of them with more than one record. Every person is one
    # customer and every customer one person, or the pairs would be more than either.
    assert run.row(f"""
        with pairs as (
            select truth.customer_unique_id, records.customer_id, count(*) as copies
            from read_parquet('{FOLDER}/full_customers.parquet') as truth
            inner join marts.bridge_customer_source_records as records
                on records.source_record_id = truth.customer_id and records.entity = 'customers'
            group by all
        )

        select
            sum(copies),
            count(*),
            count(distinct customer_unique_id),
            count(distinct customer_id),
            count(*) filter (where copies > 1),
            max(copies)
        from pairs
    """) == (99_441, 96_096, 96_096, 96_096, 2_997, 17)
    assert run.row("select count(*) from marts.dim_customers") == (96_096,)


def test_orders_come_in_the_published_states(run):
    # delivered 19,430; shipped 215, invoiced 57, processing 55, created 2; canceled 124,
    # unavailable 117
    assert dict(run.rows("select status, count(*) from marts.fct_orders group by status")) == {
        "completed": 19_430,
        "placed": 215 + 57 + 55 + 2,
        "cancelled": 124 + 117,
    }
    assert run.row("select count(*) from marts.fct_orders where not is_kept") == (241,)


def test_orders_belong_to_their_buyers(run):
    assert run.row("""
        select count(*), count(customer_id), count(distinct customer_id) from marts.fct_orders
    """) == (20_000, 20_000, 19_831)
    assert run.row("""
        select count(*) from (
            select customer_id from marts.fct_orders group by customer_id having count(*) > 1
        )
    """) == (163,)


def test_payments_items_and_freight_add_up_to_the_file(run):
    in_the_files = run.row(f"""
        select
            (
                select sum(cast(payment_value as decimal(18, 2)))
                from read_parquet('{FOLDER}/sample20k_order_payments.parquet')
            ),
            sum(cast(price as decimal(18, 2))),
            sum(cast(freight_value as decimal(18, 2))),
            count(*)
        from read_parquet('{FOLDER}/sample20k_order_items.parquet')
    """)
    paid, items, freight, item_count = in_the_files
    assert in_the_files == (
        Decimal("3249579.78"),
        Decimal("2768685.99"),
        Decimal("451112.79"),
        22_618,
    )
    assert run.row("""
        select sum(total_amount), sum(lines_amount), sum(shipping_amount), sum(line_count)
        from marts.fct_orders
    """) == (paid, items, freight, item_count)
    assert run.row("select sum(amount), count(*) from unified_customer.unified_payments") == (
        paid,
        20_873,
    )


def test_an_order_may_be_paid_in_several_ways(run):
    ours = dict(
        run.rows("""
            select payment_method, count(*)
            from unified_customer.unified_payments
            group by payment_method
        """)
    )
    assert ours == {
        "credit_card": 15_483,
        "boleto": 3_976,
        "voucher": 1_115,
        "debit_card": 298,
        "not_defined": 1,
    }


def test_reviews_have_the_published_mean_and_none_is_lost(run):
    reviews, mean = run.row("select count(*), avg(score) from unified_customer.unified_surveys")
    assert (reviews, round(mean, 4)) == (19_986, 4.0909)
    assert run.row("""
        select count(*) from (
            select order_id
            from unified_customer.unified_surveys
            group by order_id
            having count(*) > 1
        )
    """) == (113,)
