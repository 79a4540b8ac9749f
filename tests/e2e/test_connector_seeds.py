"""Files as real connectors export them, from landing to the harmonised tables.

The files are the integration seeds of the Fivetran packages (Shopify, Klaviyo, Zendesk, Salesforce,
Stripe) and of the Segment package: few rows, real columns, obfuscated values. They show that the
declared columns, types and mappings fit what a connector delivers. Counts are expected as Python's
csv module finds them, values as read in the files by eye.
"""

import csv
import os
import shutil
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
TEST_DATA = Path(os.environ.get("CDP_TEST_DATA") or ROOT.parent / "shared" / "data")
SEEDS = TEST_DATA / "connector_seeds"
FILES = {
    **{
        f"shopify.{table}": f"shopify/shopify_{table}_data.csv"
        for table in (
            "customer",
            "customer_tag",
            "order",
            "order_line",
            "order_discount_code",
            "discount_allocation",
            "tax_line",
            "refund",
            "order_line_refund",
            "transaction",
            "tender_transaction",
            "product",
            "product_variant",
            "inventory_item",
            "inventory_level",
            "inventory_quantity",
            "discount_redeem_code",
            "discount_code_basic",
            "discount_code_bxgy",
            "discount_code_free_shipping",
            "discount_code_app",
            "abandoned_checkout",
        )
    },
    **{f"klaviyo.{table}": f"klaviyo/{table}.csv" for table in ("person", "event", "campaign")},
    "klaviyo.metric": "klaviyo/metric.csv",
    "zendesk.user": "zendesk/user_data.csv",
    "zendesk.ticket": "zendesk/ticket_data.csv",
    "salesforce.contact": "salesforce/sf_contact_data.csv",
    "salesforce.lead": "salesforce/sf_lead_data.csv",
    "salesforce.event": "salesforce/sf_event_data.csv",
    "stripe.customer": "stripe/customer_data.csv",
    "stripe.charge": "stripe/charge_data.csv",
    "stripe.refund": "stripe/refund_data.csv",
    "segment.pages": "segment/example_segment_pages.csv",
}
KEYS = {  # every other table: id
    "shopify.customer_tag": ("customer_id", "index"),
    "shopify.discount_allocation": ("order_line_id", "index"),
    "shopify.inventory_level": ("id", "inventory_item_id"),
    "shopify.inventory_quantity": ("inventory_level_id", "inventory_item_id", "name"),
    "shopify.order_discount_code": ("order_id", "index"),
    "shopify.tax_line": ("order_line_id", "index"),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not SEEDS.is_dir(),
        reason=f"no connector seeds in {SEEDS}: set CDP_TEST_DATA to the folder that holds them",
    ),
]


def rows_of(table):
    with (SEEDS / FILES[table]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def key_of(table, row):
    return tuple(row[column] for column in KEYS.get(table, ("id",)))


@pytest.fixture(scope="module")
def query(tmp_path_factory):
    """A function that queries a warehouse into which the seeds were landed and staged."""
    folder = tmp_path_factory.mktemp("connector_seeds")
    landing = folder / "landing"
    for table, file in FILES.items():
        source, name = table.split(".")
        (landing / source).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SEEDS / file, landing / source / f"{name}.csv")
    environment = {
        **os.environ,
        "CDP_LANDING": str(landing),
        "CDP_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "CDP_TEMP": str(folder / "temp"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    dbt = Path(sys.executable).parent / "dbt"
    for command in (
        [sys.executable, "-m", "orchestration.landing"],
        [str(dbt), "run", "--profiles-dir", str(ROOT), "--select", "path:models/staging"],
    ):
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    def ask(sql):
        with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return ask


def test_every_row_of_every_file_is_accounted_for(query):
    found = {
        table: numbers
        for table, *numbers in query(
            "select source_table, landed, accepted, duplicate, rejected from staging.row_accounting"
        )
    }
    expected = {}
    for table in FILES:
        rows = rows_of(table)
        keys = {key_of(table, row) for row in rows}
        assert all(all(key) for key in keys), f"{table} has a row without a key"
        expected[table] = [len(rows), len(keys), len(rows) - len(keys), 0]
    assert {table: found[table] for table in FILES} == expected


def test_nothing_is_rejected(query):
    assert query("select * from staging.rejected_records") == []


def test_a_web_order_with_its_coupons(query):
    assert query(
        """
        select customer_record_id, user_id, ordered_at, channel, status, currency, discount, tax,
            shipping, total, coupon_codes, is_test, recorded_at
        from staging.harmonized_orders
        where order_id = '2674098602081'
        """
    ) == [
        (
            *("3589760876641", "3589760876641", datetime(2020, 9, 11, 19, 35, 42)),
            *("app", "completed", "GBP"),
            *(Decimal("2.80"), Decimal("0.00"), Decimal("0.00"), Decimal("2.80")),
            *("FIXED,GIFTCARD,SHIPPING2022", False, datetime(2020, 9, 11, 19, 35, 46)),
        )
    ]


def test_shipping_is_what_the_total_has_beyond_the_goods(query):
    # 3.79 in all for goods of 2.80 without tax
    assert query(
        "select shipping from staging.harmonized_orders where order_id = '2669516488801'"
    ) == [(Decimal("0.99"),)]


def test_coupons_of_every_order_that_used_one(query):
    codes = {}
    for row in rows_of("shopify.order_discount_code"):
        codes.setdefault(row["order_id"], set()).add(row["code"].strip())
    expected = {
        row["id"]: ",".join(sorted(codes[row["id"]])) if row["id"] in codes else None
        for row in rows_of("shopify.order")
    }
    found = query("select order_id, coupon_codes from staging.harmonized_orders")
    assert dict(found) == expected


def test_order_lines(query):
    expected = {
        row["id"]: int(row["quantity"]) * Decimal(row["price"]) - Decimal(row["total_discount"])
        for row in rows_of("shopify.order_line")
    }
    assert dict(query("select line_id, total from staging.harmonized_order_lines")) == expected


def test_returned_lines_wait_for_their_refund_document(query):
    documents = {row["id"] for row in rows_of("shopify.refund")}
    dated = [r["id"] for r in rows_of("shopify.order_line_refund") if r["refund_id"] in documents]
    found = query("select return_id from staging.harmonized_returns order by return_id")
    assert [row[0] for row in found] == sorted(dated)


def test_buyers_with_a_parcel_are_person_records(query):
    parcels = [
        "order-" + row["id"]
        for row in rows_of("shopify.order")
        if row["shipping_address_address_1"]
    ]
    found = query(
        """
        select source_record_id
        from staging.harmonized_customers
        where source_table = 'shopify.order'
        order by source_record_id
        """
    )
    assert [row[0] for row in found] == sorted(parcels)
    assert len(parcels) == 3


def test_obfuscated_addresses_are_no_addresses(query):
    """The seeds of Shopify hold hashes where e-mails were: they must not identify anybody."""
    assert query(
        """
        select count(*), count(email)
        from staging.harmonized_customers
        where source_name = 'shopify'
        """
    ) == [(7, 0)]


def test_a_checkout_left_behind(query):
    assert query(
        """
        select event_type, channel, occurred_at, customer_record_id, email, value, currency
        from staging.harmonized_events
        where source_name = 'shopify' and event_id = '12111'
        """
    ) == [
        (
            *("checkout_started", "web", datetime(2020, 11, 12, 10, 6, 50, 111111)),
            *("121", "tnyrnbs@hh.com", Decimal("501.36"), "USD"),
        )
    ]


def test_shop_payments_products_and_variants(query):
    assert query(
        """
        select status, sum(amount), sum(amount_refunded), count(*)
        from staging.harmonized_payments
        where source_name = 'shopify'
        group by status
        """
    ) == [("succeeded", Decimal("1473.07"), Decimal("0.00"), 5)]  # 3 x 415 + 15.95 + 212.12
    assert query(
        "select product_id, list_price from staging.harmonized_variants where sku = 'ITEM15'"
    ) == [("7739017789476", Decimal("169.9500"))]
    assert query(
        """
        select launched_at, is_active
        from staging.harmonized_products
        where product_id = '4506451050593'
        """
    ) == [(datetime(2020, 2, 14, 19, 2, 2), True)]


def test_klaviyo_profiles_and_their_consent(query):
    assert query(
        """
        select given_name, family_name, email, phone, address_line, postal_code, country_code
        from staging.harmonized_customers
        where source_record_id = '01F366M1ZERT4HM2Z9R2V9G7BY'
        """
    ) == [
        (
            *("MArio", "Lopez", "mrgoogle@gmail.com", "+15165555555", "1600 Penn", "64224"),
            "US",
        )
    ]
    # One profile refuses marketing; the other says nothing about it.
    assert query(
        """
        select contact_point, channel, purpose, status, captured_at
        from staging.harmonized_consents
        where source_name = 'klaviyo'
        """
    ) == [
        (
            *("mrgoogle@gmail.com", "email", "marketing", "withdrawn"),
            datetime(2021, 4, 13, 18, 9, 10),
        )
    ]


def test_klaviyo_events_and_messages(query):
    assert query(
        """
        select event_id, event_type, channel, value
        from staging.harmonized_events
        where source_name = 'klaviyo'
        order by event_id
        """
    ) == [
        ("3gBNHPGp", "message_received", "email", Decimal("15.00")),
        ("3gBNHPJn", "message_received", "email", None),
        ("4gBNHPJn", "placed_order", "web", None),
        ("event123", "message_received", "email", Decimal("20.00")),
    ]
    assert query(
        """
        select message_id, campaign_id, customer_record_id, channel, outcome
        from staging.harmonized_messages
        order by message_id
        """
    ) == [
        ("LyZ7re|MCX88q", "LyZ7re", "MCX88q", "email", "delivered"),
        ("ZZ7re|MCX88q", "ZZ7re", "MCX88q", "email", "delivered"),
        ("event-3gBNHPJn", None, "LRqEsZ", "email", "delivered"),
    ]
    assert query(
        "select name, status, starts_at from staging.harmonized_campaigns order by name"
    ) == [
        ("Jan-2 Email", "draft", None),
        ("camp", "sent", datetime(2021, 3, 17, 15, 38, 59)),
    ]


def test_zendesk_roles_and_tickets(query):
    roles = {row["id"]: row["role"] == "agent" for row in rows_of("zendesk.user")}
    found = query(
        """
        select source_record_id, is_employee
        from staging.harmonized_customers
        where source_name = 'zendesk'
        """
    )
    assert dict(found) == roles
    assert sum(roles.values()) == 1
    assert query(
        """
        select customer_record_id, channel, priority, status, opened_at, closed_at
        from staging.harmonized_service_contacts
        where contact_id = '11071'
        """
    ) == [
        (
            *("2222", "email", "urgent", "closed"),
            *(datetime(2020, 8, 28, 18, 6, 36), datetime(2020, 11, 15, 11, 1, 27)),
        )
    ]


def test_a_salesforce_lead_became_its_contact(query):
    assert query(
        """
        select merged_into_record_id, email, company, industry
        from staging.harmonized_customers
        where source_record_id = 'lead-00Q1G00000nDnM5UAK'
        """
    ) == [("0031G00001QtDPlQAN", "h@gmail.com", "Z", "Internet Software & Services")]


def test_salesforce_contacts_and_events(query):
    assert query(
        """
        select full_name, email, phone, city, region, postal_code, country_code, job_title
        from staging.harmonized_customers
        where source_record_id = '0031G00000qAfq1QAC'
        """
    ) == [
        # (555) 555-5555 is one digit over and over: a placeholder, not a number
        ("Jerome", "hi@google.com", None, "Chicago", "Illinois", "55555", "US", "Markeing Direcor")
    ]
    kinds = sorted(row["type"].lower() for row in rows_of("salesforce.event"))
    found = query("select visit_type from staging.harmonized_store_visits order by visit_type")
    assert [row[0] for row in found] == kinds


def test_stripe_amounts_in_major_units(query):
    expected = {row["id"]: Decimal(row["amount"]) / 100 for row in rows_of("stripe.charge")}
    found = query(
        "select payment_id, amount from staging.harmonized_payments where source_name = 'stripe'"
    )
    assert dict(found) == expected
    assert query(
        """
        select amount, currency, status, payment_method, is_test, paid_at
        from staging.harmonized_payments
        where payment_id = 'ch_0IMDAfig6peNXzgDJYQKfT3B'
        """
    ) == [(Decimal("32932.32"), "USD", "failed", "card", False, datetime(2021, 2, 18, 14, 7, 57))]
    assert query(
        """
        select is_deleted, full_name
        from staging.harmonized_customers
        where source_record_id = 'cus_IuKuZJLG9mNRn2'
        """
    ) == [(True, "37a6259cc0c1dae299a7866489dff0bd")]


def test_a_segment_page(query):
    assert query(
        """
        select event_type, anonymous_id, user_id, page_url, utm_source, utm_medium, utm_campaign,
            occurred_at
        from staging.harmonized_events
        where source_name = 'segment'
        """
    ) == [
        (
            *("page_view", "507f191e810c19729de860ea", "97980cfea0067", "https://www.getdbt.com/"),
            *("facebook", "social", "autumn_collection_2015"),
            datetime(2015, 2, 23, 22, 28, 55),
        )
    ]
