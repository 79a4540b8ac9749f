"""The demo data: the same for the same seed, in the declared schemas, and true to itself."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.demo.__main__ import main
from orchestration.demo.declared import declared_tables
from orchestration.demo.generate import DemoRequest, generate

UNTIL = dt.date(2026, 11, 1)
ACCEPTED = "between timestamp '1900-01-01' and timestamp '2100-01-01'"


def request_in(folder: Path, **changes) -> DemoRequest:
    request = DemoRequest(
        out=folder / "landing", truth=folder / "truth", people=300, seed=7, until=UNTIL
    )
    return replace(request, **changes)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def reader(folder: Path, table: str) -> str:
    source, name = table.split(".")
    files = folder / "landing" / source / name
    if list(files.glob("*.csv")):
        return f"read_csv('{files}/*.csv', header = true, all_varchar = true)"
    if list(files.glob("*.jsonl")):
        return f"read_json('{files}/*.jsonl', format = 'newline_delimited')"
    return f"read_parquet('{files}/*.parquet')"


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    generate(request_in(folder))
    return folder


@pytest.fixture
def ask():
    connection = duckdb.connect()
    yield lambda query: connection.execute(query).fetchall()
    connection.close()


def test_the_same_request_writes_the_same_bytes(demo, tmp_path):
    generate(request_in(tmp_path, threads=1))
    assert digests(tmp_path) == digests(demo)


def test_another_seed_writes_other_people_and_more_people_more_rows(demo, tmp_path, ask):
    rows = generate(request_in(tmp_path, seed=8, people=900))
    few = ask(f"select count(*) from {reader(demo, 'segment.pages')}")[0][0]
    assert 2.3 < rows["segment.pages"] / few < 4
    shared = ask(f"""
        select count(*) from {reader(demo, "shopify.order")} as orders
        join {reader(tmp_path, "shopify.order")} as others
            on orders.id = others.id and orders.total_price = others.total_price
        where orders.id is not null
    """)
    orders = ask(f"select count(*) from {reader(demo, 'shopify.order')}")
    assert shared[0][0] < orders[0][0] / 20


@pytest.mark.parametrize("table", declared_tables(), ids=lambda table: table.full_name)
def test_columns_and_types_are_the_declared_ones(demo, ask, table):
    described = ask(f"describe select * from {reader(demo, table.full_name)}")
    found = {name: kind for name, kind, *_ in described}
    assert list(found) == list(table.columns)
    if "parquet" in reader(demo, table.full_name):
        declared = ask(
            "describe select "
            + ", ".join(f'null::{kind} as "{name}"' for name, kind in table.columns.items())
        )
        assert found == {name: kind for name, kind, *_ in declared}


def test_every_table_has_rows(demo, ask):
    for table in declared_tables():
        assert ask(f"select count(*) from {reader(demo, table.full_name)}")[0][0] > 0, table


def orders(demo: Path) -> str:
    """Order, net goods, tax, shipping and discount of each accepted sale that is no test."""
    shopify = reader(demo, "shopify.order")
    pos = reader(demo, "pos.receipts")
    return f"""
        select
            id::varchar as order_id,
            any_value(subtotal_price) as net,
            any_value(total_discounts) as discount,
            any_value(total_tax) as tax,
            any_value(total_price - subtotal_price - total_tax) as shipping,
            bool_or(cancelled_at is not null) as is_cancelled
        from {shopify}
        where id is not null and created_at {ACCEPTED} and not test
        group by id
        union all
        select receipt_id, any_value(net_amount), any_value(discount_amount),
            any_value(tax_amount), 0, false
        from {pos}
        where receipt_id is not null and receipt_at {ACCEPTED} and receipt_type = 'sale'
        group by receipt_id
    """


def test_the_ledger_ties_to_every_order_to_the_cent(demo, ask):
    ledger = f"""
        select order_id, account, document_type, sum(amount) as amount
        from (
            select distinct * from {reader(demo, "erp.finance_ledger")}
            where posting_id is not null and posted_at {ACCEPTED}
        )
        group by all
    """
    differences = ask(f"""
        with orders as ({orders(demo)}), ledger as ({ledger}),
        sales as (
            select
                order_id,
                sum(amount) filter (account in ('revenue', 'discount')) as net,
                -sum(amount) filter (account = 'discount') as discount,
                sum(amount) filter (account = 'tax') as tax,
                sum(amount) filter (account = 'shipping') as shipping,
            from ledger
            where document_type = 'sale'
            group by order_id
        ),
        cancellations as (
            select order_id, sum(amount) as amount
            from ledger where document_type = 'cancellation' group by order_id
        )
        select *
        from orders
        full join sales using (order_id)
        left join cancellations using (order_id)
        where orders.net is distinct from sales.net
            or orders.discount <> coalesce(sales.discount, 0)
            or orders.tax <> coalesce(sales.tax, 0)
            or orders.shipping <> coalesce(sales.shipping, 0)
            or coalesce(cancellations.amount, 0)
                <> case when orders.is_cancelled
                    then -(orders.net + orders.tax + orders.shipping) else 0 end
    """)
    assert differences == []


def test_the_ledger_ties_to_every_returned_line(demo, ask):
    differences = ask(f"""
        with refunds as (
            select id::varchar as line_id, subtotal + total_tax as amount
            from (
                select distinct order_line_id as id, subtotal, total_tax
                from {reader(demo, "shopify.order_line_refund")}
            )
            union all
            select original_receipt_id || '/' || original_line_no, -(line_amount + tax_amount)
            from (
                select distinct * from {reader(demo, "pos.receipt_lines")}
                where quantity < 0 and receipt_id is not null
            )
        ),
        postings as (
            select
                case when order_id like 'R%' then order_id || '/' || line_id else line_id end
                    as line_id,
                -amount as amount
            from (
                select distinct * from {reader(demo, "erp.finance_ledger")}
                where account = 'refund' and document_type = 'refund' and posting_id is not null
            )
        )
        select * from refunds full join postings using (line_id)
        where refunds.amount is distinct from postings.amount
    """)
    assert differences == []


def test_lines_and_receipts_add_up(demo, ask):
    lines = reader(demo, "shopify.order_line")
    assert (
        ask(f"""
        with lines as (
            select distinct * from {lines} where id is not null and order_id is not null
        ),
        sums as (
            select order_id, sum(price * quantity - total_discount) as net from lines group by all
        )
        select * from sums join {reader(demo, "shopify.order")} as orders
            on sums.order_id = orders.id
        where orders.created_at {ACCEPTED} and sums.net <> orders.subtotal_price
    """)
        == []
    )
    assert (
        ask(f"""
        with lines as (
            select distinct * from {reader(demo, "pos.receipt_lines")}
            where receipt_id is not null
        ),
        sums as (
            select
                receipt_id,
                sum(quantity * unit_price - discount_amount) as computed,
                sum(line_amount) as net,
                sum(tax_amount) as tax,
            from lines group by all
        )
        select * from sums join {reader(demo, "pos.receipts")} as receipts using (receipt_id)
        where receipt_at {ACCEPTED}
            and (sums.net <> net_amount or sums.tax <> tax_amount or computed <> sums.net)
    """)
        == []
    )


def test_charges_are_the_orders_in_cents(demo, ask):
    rows = ask(f"""
        select charges.amount, orders.total_price
        from {reader(demo, "stripe.charge")} as charges
        left join {reader(demo, "shopify.order")} as orders
            on json_extract_string(charges.metadata, '$.order_id')::bigint = orders.id
        where charges.id is not null and charges.status = 'succeeded'
    """)
    assert rows
    assert all(total is not None and amount == total * 100 for amount, total in rows)


def test_points_follow_purchases_and_no_balance_is_overdrawn(demo, ask):
    points = f"""
        select distinct * from {reader(demo, "loyalty.points_transactions")}
        where transaction_id is not null and occurred_at {ACCEPTED}
    """
    earned = ask(f"""
        with orders as ({orders(demo)}), points as ({points})
        select points.points, floor(orders.net)
        from points left join orders using (order_id)
        where transaction_type = 'earn' and reason = 'compra'
    """)
    assert earned
    assert all(points == net for points, net in earned)
    overdrawn = ask(f"""
        with points as ({points})
        select burns.loyalty_number
        from points as burns
        join points as before
            on burns.loyalty_number = before.loyalty_number
            and before.occurred_at <= burns.occurred_at
            and (before.expires_at is null or before.expires_at > burns.occurred_at)
        where burns.transaction_type = 'burn'
        group by burns.loyalty_number, burns.transaction_id
        having sum(before.points) < 0
    """)
    assert overdrawn == []


CUSTOMER_RECORDS = {
    "shopify.customer": ("shopify", "id::varchar", "created_at"),
    "klaviyo.person": ("klaviyo", "id", "updated"),
    "zendesk.user": ("zendesk", "id::varchar", "updated_at"),
    "salesforce.contact": ("salesforce", "id", "last_modified_date"),
    "salesforce.lead": ("salesforce", "'lead-' || id", "last_modified_date"),
    "stripe.customer": ("stripe", "id", "created"),
    "loyalty.members": ("loyalty", "loyalty_number", "updated_at"),
}


@pytest.mark.parametrize("table", CUSTOMER_RECORDS)
def test_the_truth_knows_every_person_record(demo, ask, table):
    source, record, moment = CUSTOMER_RECORDS[table]
    unknown = ask(f"""
        select {record}
        from {reader(demo, table)}
        where {record} is not null and {moment} {ACCEPTED}
            and {record} not like 'DIRTY%'
            and ('{source}', {record}) not in (
                select (source_name, source_record_id)
                from read_parquet('{demo}/truth/records/*.parquet')
                where entity = 'customers'
            )
    """)
    assert unknown == []


@pytest.mark.parametrize(
    ("table", "record", "moment"),
    [("shopify.order", "id::varchar", "created_at"), ("pos.receipts", "receipt_id", "receipt_at")],
)
def test_the_truth_knows_every_order(demo, ask, table, record, moment):
    sale = "and receipt_type = 'sale'" if table == "pos.receipts" else ""
    unknown = ask(f"""
        select {record} from {reader(demo, table)}
        where {record} is not null and {moment} {ACCEPTED} {sale}
            and {record} not in (
                select source_record_id from read_parquet('{demo}/truth/records/*.parquet')
                where entity = 'orders'
            )
    """)
    assert unknown == []


def test_records_of_the_truth_belong_to_known_persons(demo, ask):
    assert (
        ask(f"""
        select count(*), count(distinct (source_name, entity, source_record_id)),
            count(*) filter (person_id not in (
                select person_id from read_parquet('{demo}/truth/persons/*.parquet')
            ))
        from read_parquet('{demo}/truth/records/*.parquet')
        having count(*) <> count(distinct (source_name, entity, source_record_id))
            or count(*) filter (person_id not in (
                select person_id from read_parquet('{demo}/truth/persons/*.parquet')
            )) > 0
    """)
        == []
    )


def test_labels_are_true_and_complete_for_the_records_drawn(demo, ask):
    pairs = f"""
        select distinct
            concat_ws('|', record_source_name, record_id) as one,
            concat_ws('|', other_source_name, other_record_id) as other,
            is_same_person
        from {reader(demo, "contract.identity_labels")}
    """
    records = f"""
        select concat_ws('|', source_name, source_record_id) as record, person_id
        from read_parquet('{demo}/truth/records/*.parquet') where entity = 'customers'
    """
    wrong, same, different = ask(f"""
        select
            count(*) filter (is_same_person <> (truth_one.person_id = truth_other.person_id)),
            count(*) filter (is_same_person), count(*) filter (not is_same_person)
        from ({pairs})
        left join ({records}) as truth_one on truth_one.record = one
        left join ({records}) as truth_other on truth_other.record = other
    """)[0]
    assert wrong == 0
    assert min(same, different) > 50
    # Of every person that was looked at, one record at least was compared with all the others.
    assert (
        ask(f"""
        with
        records as ({records}),
        sides as (
            select one as record from ({pairs}) where is_same_person
            union all
            select other from ({pairs}) where is_same_person
        ),
        compared as (select record, count(*) as others from sides group by all)
        select person_id, max(others)
        from compared inner join records using (record)
        inner join (select person_id, count(*) as known from records group by all)
            using (person_id)
        group by person_id
        having max(others) <> max(known) - 1
    """)
        == []
    )


def test_kiosks_and_shared_devices_belong_to_nobody(demo, ask):
    rows = ask(f"""
        select is_kiosk, people, person_id
        from read_parquet('{demo}/truth/anonymous_ids/*.parquet')
    """)
    assert any(people > 1 for _, people, _ in rows)
    assert all(person is None for kiosk, people, person in rows if kiosk or people > 1)
    assert all(person is not None for kiosk, people, person in rows if not kiosk and people == 1)


def test_batches_hold_all_rows_and_the_next_run_removes_them(demo, ask, tmp_path, capsys):
    generate(request_in(tmp_path, batches=4))
    repeated = 0
    for table in ("segment.pages", "shopify.order_line", "erp.finance_ledger"):
        source, name = table.split(".")
        batches = f"read_parquet('{tmp_path}/landing/batch_*/{source}/{name}/*.parquet')"
        whole = reader(demo, table)
        assert ask(f"select * from {whole} except select * from {batches}") == []
        assert ask(f"select * from {batches} except select * from {whole}") == []
        rows = ask(f"select (select count(*) from {batches}), (select count(*) from {whole})")
        repeated += rows[0][0] - rows[0][1]
    assert repeated > 0
    assert len(list((tmp_path / "landing").glob("batch_*/segment/pages/*"))) == 4

    arguments = ["--people", "20", "--until", "2026-11-01"]
    arguments += ["--out", str(tmp_path / "landing"), "--truth", str(tmp_path / "truth")]
    assert main(arguments) == 0
    assert "shopify.order" in capsys.readouterr().out
    assert not list((tmp_path / "landing").glob("batch_*/*/*/*"))


def test_chunks_do_not_meet(ask, tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.demo.generate.PEOPLE_PER_CHUNK", 100)
    generate(request_in(tmp_path, people=250))
    assert len(list((tmp_path / "landing" / "shopify" / "order").iterdir())) == 3
    for table, key in (
        ("shopify.order", "id"),
        ("shopify.order_line", "id"),
        ("erp.products", "product_id"),
        ("erp.finance_ledger", "posting_id"),
        ("segment.pages", "id"),
        ("segment.tracks", "id"),
        ("klaviyo.event", "id"),
        ("loyalty.points_transactions", "transaction_id"),
    ):
        parts = reader(tmp_path, table).replace("*.parquet')", "*.parquet', filename = true)")
        in_two = ask(
            f"select {key} from {parts} group by {key} having count(distinct filename) > 1"
        )
        assert [value for (value,) in in_two if value is not None] == []
    truth = f"read_parquet('{tmp_path}/truth/persons/*.parquet')"
    assert ask(f"select count(*) - count(distinct person_id) from {truth}") == [(0,)]
    truth = f"read_parquet('{tmp_path}/truth/anonymous_ids/*.parquet')"
    assert ask(f"""
        select count(*) - count(distinct (source_name, anonymous_id)) from {truth}
    """) == [(0,)]


def test_requests_that_cannot_be_made_are_refused(tmp_path):
    for changes in (
        {"people": 0},
        {"people": 3_000_000},
        {"batches": -1},
        {"truth": tmp_path / "landing" / "truth"},
    ):
        with pytest.raises(ValueError, match="must"):
            request_in(tmp_path, **changes)
