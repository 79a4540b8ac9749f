"""A real year of a British retailer through the contract source, against published totals.

541,909 lines, 25,900 invoices, 4,372 customers, 4,070 stock codes, 9,288 lines in 3,836 credit
notes, 5,268 repeated lines, net 9,747,747.93: the UCI page and many reproductions of it. Per
customer: _reference/uci_customer_rfm.parquet, computed from the file without this project.
"""

from decimal import Decimal

import pytest
from real_run import DATA, RealRun, require

RAW = "uci_online_retail/online_retail.parquet"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    require("_reference")
    run = RealRun("uci_online_retail", tmp_path_factory.mktemp("uci"))
    run.load()
    run.build(
        "+fct_customer_rfm",
        "+fct_returns",
        "+dim_products",
        "+dim_customers",
        "+bridge_customer_source_records",
        "+unified_finance_ledger",
    )
    return run


def test_every_line_of_the_file_becomes_one_record(run):
    sold, returned, adjusted = run.row("""
        select
            (select count(*) from marts.fct_order_lines),
            (select count(*) from marts.fct_returns),
            (select count(*) from unified_customer.unified_finance_ledger)
    """)
    assert (sold, returned, adjusted) == (531_282, 9_288, 1_339)
    assert sold + returned + adjusted == 541_909


def test_lines_that_repeat_each_other_are_all_kept(run):
    assert run.row(f"""
        select sum(copies - 1) from (
            select count(*) as copies
            from read_parquet('{DATA}/{RAW}')
            group by
                InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID,
                Country
        )
    """) == (5_268,)
    assert run.row("""
        select max(times_landed) from (
            select times_landed from staging.harmonized_order_lines
            union all
            select times_landed from staging.harmonized_returns
        )
    """) == (1,)


def test_invoices_products_and_customers_are_counted_as_published(run):
    invoices, credit_notes, adjustments = run.row("""
        select
            (select count(*) from marts.fct_orders),
            (select count(distinct return_id) from marts.fct_returns),
            (select count(distinct order_id) from unified_customer.unified_finance_ledger)
    """)
    assert credit_notes == 3_836
    assert invoices + credit_notes + adjustments == 25_900
    assert run.row("select count(*) from marts.dim_products") == (4_070,)
    assert run.row(
        "select count(*), count(*) filter (population = 'customer') from marts.dim_customers"
    ) == (
        4_372,
        4_372,
    )


def test_money_adds_up_to_the_published_net_total(run):
    sold, returned, adjusted = run.row("""
        select
            (select sum(total_amount) from marts.fct_orders),
            (select sum(amount) from marts.fct_returns),
            (select sum(amount) from unified_customer.unified_finance_ledger)
    """)
    assert sold - returned + adjusted == Decimal("9747747.93")
    assert run.row("select sum(total_amount) from marts.fct_order_lines") == (sold,)


def test_lines_without_a_customer_stay_nobodys(run):
    assert run.row("""
        select
            (select count(*) from marts.fct_order_lines where customer_id is null)
            + (select count(*) from marts.fct_returns where customer_id is null)
            + (select count(*) from unified_customer.unified_finance_ledger)
    """) == (135_080,)


def test_priced_sales_of_known_customers_are_as_published(run):
    # "After customer known, not C, price > 0".
    assert run.row("""
        select count(*), count(distinct customer_id), count(distinct order_id), sum(total_amount)
        from marts.fct_order_lines
        where customer_id is not null and unit_price > 0
    """) == (397_884, 4_338, 18_532, Decimal("8911407.90"))


def test_each_customers_recency_frequency_and_money_equal_the_reference(run):
    # The reference leaves out invoices without a price; the platform counts an order that cost
    # nothing as an order. Four customers have one each.
    different = run.rows(f"""
        with free_orders as (
            select customer_id, count(*) as orders, max(order_date) as last_date
            from marts.fct_orders
            where total_amount = 0 and customer_id is not null
            group by customer_id
        ),

        people as (
            select customer_id, cast(source_record_id as integer) as CustomerID
            from marts.bridge_customer_source_records
            where entity = 'customers'
        )

        select reference.CustomerID
        from read_parquet('{DATA}/_reference/uci_customer_rfm.parquet') as reference
        left join people on people.CustomerID = reference.CustomerID
        left join free_orders on free_orders.customer_id = people.customer_id
        left join marts.fct_customer_lifetime_value as worth
            on worth.customer_id = people.customer_id
        left join marts.fct_customer_rfm as rfm on rfm.customer_id = people.customer_id
        where
            people.customer_id is null
            or coalesce(rfm.frequency, 0) <> reference.frequency + coalesce(free_orders.orders, 0)
            or rfm.recency_days is distinct from least(
                reference.recency_days, date_diff('day', free_orders.last_date, date '2011-12-10')
            )
            or worth.original_gross_amount <> coalesce(round(reference.gross, 2), 0)
            or worth.original_net_amount <> round(reference.net, 2)
            or worth.customer_id is null
    """)
    assert different == []
    assert run.row("""
        select count(*) from marts.fct_orders where total_amount = 0 and customer_id is not null
    """) == (4,)


def test_the_best_customer_is_the_published_one(run):
    assert run.row("""
        select people.source_record_id, worth.original_net_amount
        from marts.fct_customer_lifetime_value as worth
        inner join marts.bridge_customer_source_records as people
            on people.customer_id = worth.customer_id and people.entity = 'customers'
        order by worth.original_net_amount desc
        limit 1
    """) == ("14646", Decimal("279489.02"))
