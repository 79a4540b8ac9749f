"""Files as real connectors export them, from landing to the harmonised tables.

The files are the integration seeds of the Fivetran packages (Shopify, Klaviyo, Zendesk, Salesforce,
Stripe, Iterable), of the Segment package and of the Snowplow package: few rows, real columns,
obfuscated values. They show that the declared columns, types and mappings fit what a connector
delivers. Expectations are computed here from the files with Python's csv module, or read in them by
eye.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEST_DATA = Path(os.environ.get("CDP_TEST_DATA") or ROOT.parent / "shared" / "data")
SEEDS = TEST_DATA / "connector_seeds"
FILES = {
    **{
        f"shopify.{table}": [f"shopify/shopify_{table}_data.csv"]
        for table in (
            "customer",
            "customer_tag",
            "order",
            "order_line",
            "order_discount_code",
            "discount_allocation",
            "discount_application",
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
    **{
        f"klaviyo.{table}": [f"klaviyo/{table}.csv"]
        for table in ("person", "event", "campaign", "flow", "metric")
    },
    **{
        f"zendesk.{table}": [f"zendesk/{table}_data.csv"]
        for table in ("user", "organization", "ticket", "ticket_comment")
    },
    **{
        f"salesforce.{table}": [f"salesforce/sf_{table}_data.csv"]
        for table in ("contact", "lead", "account", "event", "task")
    },
    **{
        f"stripe.{table}": [f"stripe/{table}_data.csv"]
        for table in (
            "customer",
            "charge",
            "refund",
            "payment_intent",
            "payment_method",
            "payment_method_card",
            "card",
            "dispute",
        )
    },
    "iterable.user_history": [
        "iterable/user_history_data.csv",
        "iterable/user_history_bq_json_data.csv",
    ],
    # Older connectors deliver the history of what users have left, newer ones what they have left.
    **{
        f"iterable.user_unsubscribed_{target}": [
            f"iterable/user_unsubscribed_{target}_history_data.csv",
            f"iterable/user_unsubscribed_{target}_data.csv",
        ]
        for target in ("channel", "message_type")
    },
    **{
        f"iterable.{table}": [f"iterable/{table}_data.csv"]
        for table in (
            "event",
            "channel",
            "message_type",
            "campaign_history",
            "campaign_label_history",
        )
    },
    "segment.pages": ["segment/example_segment_pages.csv"],
    "snowplow.events": [
        "snowplow_unified/snowplow_unified_events.csv",
        "snowplow_unified/snowplow_unified_web_vital_events.csv",
    ],
    "snowplow.consent_preferences": [
        "snowplow_unified/snowplow_unified_consent_preferences.csv",
    ],
}
# Seeds that are not read, by folder; why: models/staging/README.md.
NOT_READ = {
    "iterable": "campaign_list_history campaign_metrics campaign_suppression_list_history "
    "event_extension list list_user template_history",
    "klaviyo": "event_norename",
    "salesforce": "account_history contact_history opportunity opportunity_history "
    "opportunity_line_item order product_2 user user_role",
    "shopify": "abandoned_checkout_discount_code abandoned_checkout_shipping_line collection "
    "collection_product fulfillment fulfillment_event location media media_image metafield "
    "order_adjustment order_note_attribute order_shipping_line order_shipping_tax_line order_tag "
    "order_url_tag product_media product_tag product_variant_media shop",
    "snowplow_unified": "consent_cmp_visible cwv_context spider_context ua_context yauaa_context",
    "stripe": "account balance_transaction coupon credit_note credit_note_line_item discount fee "
    "invoice invoice_line_item payout payout_balance_transaction plan price product subscription "
    "subscription_discount subscription_history subscription_item transfer",
    "zendesk": "audit_log brand daylight_time domain_name group organization_tag schedule "
    "schedule_holiday sla_policy_metric_history ticket_chat ticket_chat_event "
    "ticket_field_history ticket_form_history ticket_schedule ticket_sla_policy ticket_tag "
    "time_zone user_tag",
}
PREFIXES = {"salesforce": "sf_", "shopify": "shopify_", "snowplow_unified": "snowplow_unified_"}
KEYS = {  # every other table: id
    "shopify.customer_tag": ("customer_id", "index"),
    "shopify.discount_allocation": ("order_line_id", "index"),
    "shopify.discount_application": ("order_id", "index"),
    "shopify.inventory_level": ("id", "inventory_item_id"),
    "shopify.inventory_quantity": ("inventory_level_id", "inventory_item_id", "name"),
    "shopify.order_discount_code": ("order_id", "index"),
    "shopify.tax_line": ("order_line_id", "index"),
    "stripe.payment_method_card": ("payment_method_id",),
    "iterable.user_history": ("email",),
    "iterable.campaign_label_history": ("campaign_id", "label", "updated_at"),
    "iterable.event": ("_fivetran_id", "_fivetran_user_id"),
    "iterable.user_unsubscribed_channel": ("email|_fivetran_id", "channel_id"),
    "iterable.user_unsubscribed_message_type": ("email|_fivetran_id", "message_type_id"),
    "snowplow.events": ("event_id",),
    "snowplow.consent_preferences": ("root_id",),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not SEEDS.is_dir(),
        reason=f"no connector seeds in {SEEDS}: set CDP_TEST_DATA to the folder that holds them",
    ),
]


def rows_of(table):
    rows = []
    for file in FILES[table]:
        with (SEEDS / file).open(encoding="utf-8-sig", newline="") as stream:
            rows += csv.DictReader(stream)
    return rows


def key_of(table, row):
    """The key of a row; of columns joined by | the first that the row has."""
    return tuple(
        next((row[name] for name in column.split("|") if row.get(name)), "")
        for column in KEYS.get(table, ("id",))
    )


def is_sound(table, row):
    """Whether a row can be placed. Only Snowplow's files hold some that cannot."""
    if table == "snowplow.events":
        return bool(row["event_id"] and (row["event_name"] or row["event"]))
    return all(key_of(table, row))


@pytest.fixture(scope="module")
def query(tmp_path_factory):
    """A function that queries a warehouse into which the seeds were landed and staged."""
    folder = tmp_path_factory.mktemp("connector_seeds")
    landing = folder / "landing"
    for table, files in FILES.items():
        target = landing / table.replace(".", "/")
        target.mkdir(parents=True)
        for file in files:
            shutil.copyfile(SEEDS / file, target / Path(file).name)
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

    ask.folder = folder
    return ask


def test_every_seed_is_read_or_known_not_to_be():
    read = {file for files in FILES.values() for file in files}
    left = {}
    for path in sorted(SEEDS.glob("*/*.csv")):
        folder = path.parent.name
        if f"{folder}/{path.name}" not in read:
            name = path.stem.removeprefix(PREFIXES.get(folder, "")).removesuffix("_data")
            left.setdefault(folder, []).append(name)
    assert {folder: sorted(names) for folder, names in left.items()} == {
        folder: sorted(names.split()) for folder, names in NOT_READ.items()
    }


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
        sound = [row for row in rows if is_sound(table, row)]
        keys = {key_of(table, row) for row in sound}
        expected[table] = [
            *(len(rows), len(keys)),
            *(len(sound) - len(keys), len(rows) - len(sound)),
        ]
    assert {table: found[table] for table in FILES} == expected


def test_rejected_are_only_events_without_id_or_name(query):
    unsound = [
        "null key" if not row["event_id"] else "no event name"
        for row in rows_of("snowplow.events")
        if not is_sound("snowplow.events", row)
    ]
    found = query("select source_table, reason from staging.rejected_records")
    assert sorted(found) == sorted(("snowplow.events", reason) for reason in unsound)
    assert unsound


def test_rows_say_which_landed_table_they_come_from(query):
    """The union takes new batches by landed table: a model gives rows of the one it names."""
    manifest = json.loads((query.folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    models = {node["name"]: node["config"]["meta"] for node in manifest["nodes"].values()}
    registry = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    for source, entities in registry["vars"]["source_entities"].items():
        if source == "contract":
            continue
        for model in {name for names in entities.values() for name in names}:
            found = query(f"select distinct source_table from staging.{model}")
            assert found in ([], [(models[model]["source_table"],)]), model


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


def test_stock_is_of_variants_that_have_landed(query):
    variants = {row["inventory_item_id"]: row for row in rows_of("shopify.product_variant")}
    counted = {
        (row["inventory_level_id"], row["inventory_item_id"], row["name"]): int(row["quantity"])
        for row in rows_of("shopify.inventory_quantity")
    }
    expected = {
        (
            *(variants[row["inventory_item_id"]]["id"], row["location_id"]),
            *(
                counted.get((row["id"], row["inventory_item_id"], name))
                for name in ("on_hand", "available")
            ),
        )
        for row in rows_of("shopify.inventory_level")
        if row["inventory_item_id"] in variants
    }
    found = query(
        """
        select variant_id, site_id, on_hand, available_to_promise
        from staging.harmonized_stock
        where source_name = 'shopify'
        """
    )
    assert set(found) == expected
    assert len(found) == 5  # every item of the file is one of a variant


def test_coupons_take_their_time_from_the_rule_behind_them(query):
    def moment(text):
        text = text.removesuffix(" UTC")
        return datetime.fromisoformat(text) if text else None

    rules = {}
    for kind in ("basic", "bxgy", "free_shipping", "app"):
        for row in rows_of(f"shopify.discount_code_{kind}"):
            rules[row["id"]] = (moment(row["starts_at"]), moment(row["ends_at"]))
    expected = {
        (row["code"], *rules.get(row["discount_id"], (None, None)))
        for row in rows_of("shopify.discount_redeem_code")
    }
    found = query("select coupon_code, valid_from, valid_to from staging.harmonized_coupons")
    assert set(found) == expected
    assert len(found) == 20


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
        """
        select name, campaign_type, status, starts_at
        from staging.harmonized_campaigns
        where source_name = 'klaviyo'
        order by name
        """
    ) == [
        ("Abandoned Cart - NEW VERSION - Katelyn & DW Working", "flow", "draft", None),
        ("Jan-2 Email", "campaign", "draft", None),
        ("Welcome SMS -  Redesign", "flow", "sent", None),
        ("camp", "campaign", "sent", datetime(2021, 3, 17, 15, 38, 59)),
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


def test_zendesk_users_have_the_company_of_their_organisation(query):
    names = {row["id"]: row["name"] for row in rows_of("zendesk.organization")}
    expected = {row["id"]: names.get(row["organization_id"]) for row in rows_of("zendesk.user")}
    found = query(
        """
        select source_record_id, company
        from staging.harmonized_customers
        where source_name = 'zendesk'
        """
    )
    assert dict(found) == expected
    assert query("select count(company) from staging.stg_zendesk__organizations") == [(10,)]


def test_zendesk_conversations_and_verified_addresses(query):
    tickets = {row["id"]: row for row in rows_of("zendesk.ticket")}
    messages = {}
    for row in rows_of("zendesk.ticket_comment"):
        if row["ticket_id"] in tickets and row["public"] == "TRUE":
            messages[row["ticket_id"]] = messages.get(row["ticket_id"], 0) + 1
    found = query(
        """
        select contact_id, message_count
        from staging.harmonized_service_contacts
        where source_name = 'zendesk'
        """
    )
    assert dict(found) == {ticket: messages.get(ticket) for ticket in tickets}
    verified = {row["id"]: row["verified"] == "TRUE" for row in rows_of("zendesk.user")}
    found = query(
        """
        select source_record_id, is_email_verified
        from staging.harmonized_customers
        where source_name = 'zendesk'
        """
    )
    assert dict(found) == verified


def test_a_ticket_names_what_it_has_swallowed(query):
    merged = {
        row["id"]: row["merged_ticket_ids"].strip("[]") or None for row in rows_of("zendesk.ticket")
    }
    found = query("select contact_id, merged_contact_ids from staging.stg_zendesk__tickets")
    assert dict(found) == merged
    assert merged["1966"] == "1967"


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


def test_salesforce_companies_address_books_and_what_a_lead_agreed_to(query):
    companies = {
        row["id"]: row["name"]
        for row in rows_of("salesforce.account")
        if row["type"].lower() != "household"
    }
    expected = {
        row["id"]: companies.get(row["account_id"]) for row in rows_of("salesforce.contact")
    }
    found = query(
        """
        select source_record_id, company
        from staging.harmonized_customers
        where source_table = 'salesforce.contact'
        """
    )
    assert dict(found) == expected
    # (555) 555-5555 is a placeholder, so the contact has one entry: e-mail and postal address
    assert query(
        """
        select label, email, phone, city, is_primary
        from staging.harmonized_contact_points
        where customer_record_id = '0031G00000qAfq1QAC'
        """
    ) == [("main", "hi@google.com", None, "Chicago", True)]
    # has_opted_out_of_email is FALSE, email_opt_in_explicit_c is TRUE, email_opt_in_double_c FALSE
    assert query(
        """
        select contact_point, status, is_double_opt_in
        from staging.harmonized_consents
        where source_table = 'salesforce.lead'
        """
    ) == [("h@gmail.com", "granted", False)]


def test_salesforce_tasks_are_no_calls(query):
    """All tasks of the file are things to do: accounted for, and no contact with anybody."""
    kinds = {
        (row["type"].lower(), row["task_subtype"].lower()) for row in rows_of("salesforce.task")
    }
    assert not {"call", "email"} & {word for kind in kinds for word in kind}
    assert (
        query("select * from staging.harmonized_service_contacts where source_name = 'salesforce'")
        == []
    )


def test_stripe_methods_brands_and_disputes(query):
    intents = {row["id"]: row["payment_method_id"] for row in rows_of("stripe.payment_intent")}
    types = {row["id"]: row["type"] for row in rows_of("stripe.payment_method")}
    brands = {
        **{row["id"]: row["brand"] for row in rows_of("stripe.card")},
        **{row["payment_method_id"]: row["brand"] for row in rows_of("stripe.payment_method_card")},
    }
    disputes = {row["charge_id"]: row["status"] for row in rows_of("stripe.dispute")}
    refunds = {}
    for row in rows_of("stripe.refund"):
        if row["status"] == "succeeded":
            refunds[row["charge_id"]] = refunds.get(row["charge_id"], 0) + int(row["amount"])
    expected = {}
    for row in rows_of("stripe.charge"):
        method = intents.get(row["payment_intent_id"]) or row["card_id"] or row["source_id"]
        known = "card" if row["card_id"] else None
        back = max(int(row["amount_refunded"]), refunds.get(row["id"], 0))
        expected[row["id"]] = (
            types.get(method, known),
            brands.get(method),
            disputes.get(row["id"]),
            Decimal(back) / 100,
        )
    found = query(
        """
        select payment_id, payment_method, payment_brand, dispute_status, amount_refunded
        from staging.harmonized_payments
        where source_name = 'stripe'
        """
    )
    assert {row[0]: row[1:] for row in found} == expected
    states = [
        row["status"] if row["status"] in ("won", "lost") else "open"
        for row in rows_of("stripe.dispute")
    ]
    found = query("select dispute_status from staging.stg_stripe__disputes")
    assert sorted(row[0] for row in found) == sorted(states)


def test_iterable_users_are_known_by_their_address(query):
    found = query(
        """
        select source_record_id, email, merged_into_record_id, created_at
        from staging.harmonized_customers
        where source_name = 'iterable'
        """
    )
    rows = {row["email"]: row for row in rows_of("iterable.user_history")}
    # Two files of one table tell of the same two users under two addresses each, the later of
    # which (file of the same time: the greater address) is the one that they have now.
    assert {row[0] for row in found} == set(rows)
    for key, email, merged_into, created_at in found:
        user = rows[key]["iterable_user_id"]
        latest = max(
            (row["updated_at"], row["email"])
            for row in rows.values()
            if row["iterable_user_id"] == user
        )[1]
        assert merged_into == (latest if latest != key else None)
        assert email == (key if "@" in key else None)
        assert created_at == datetime.fromisoformat(rows[key]["signup_date"])


def test_iterable_users_who_have_left(query):
    mediums = {row["id"]: row["message_medium"].lower() for row in rows_of("iterable.channel")}
    kinds = {row["id"]: row for row in rows_of("iterable.message_type")}
    expected = set()
    for row in rows_of("iterable.user_unsubscribed_channel"):
        medium = mediums.get(row["channel_id"], "all")
        expected.add((row.get("email"), medium, None))
    for row in rows_of("iterable.user_unsubscribed_message_type"):
        kind = kinds.get(row["message_type_id"], {})
        medium = mediums.get(kind.get("channel_id"), "all")
        expected.add((row.get("email"), medium, kind.get("name")))
    found = query(
        """
        select customer_record_id, channel, topic
        from staging.harmonized_consents
        where source_name = 'iterable' and status = 'withdrawn' and purpose = 'marketing'
        """
    )
    assert set(found) == expected
    # The subscriptions of the file were imported: nobody has agreed to anything.
    assert not query(
        """
        select *
        from staging.harmonized_consents
        where source_name = 'iterable' and status = 'granted'
        """
    )


def test_iterable_campaigns_and_events(query):
    found = query(
        """
        select event_type, count(*)
        from staging.harmonized_events
        where source_name = 'iterable'
        group by event_type
        order by event_type
        """
    )
    assert found == [("email_subscribe", 2), ("new_event", 4)]
    assert query(
        """
        select campaign_type, channel, status, count(*)
        from staging.harmonized_campaigns
        where source_name = 'iterable'
        group by all
        """
    ) == [("flow", "email", "sent", 2)]


def snowplow_events():
    """Sound events by id; of rows that repeat an id, those that were collected last."""
    events = {}
    for row in rows_of("snowplow.events"):
        if is_sound("snowplow.events", row):
            collected = row["load_tstamp"] or row["collector_tstamp"]
            events.setdefault(row["event_id"], []).append((collected, row))
    return {
        key: [row for at, row in rows if at == max(at for at, _ in rows)]
        for key, rows in events.items()
    }


def test_snowplow_events(query):
    names = {"screen_view": "page_view"}
    expected = {}
    for key, rows in snowplow_events().items():
        row = rows[0]
        name = row["event_name"] or row["event"]
        if row["event"] == "struct":
            name = f"{row['se_category']}_{row['se_action']}"
        expected[key] = (
            names.get(name, name),
            *(row["domain_userid"] or None, row["user_id"] or None),
            10.0 if row["event"] == "page_ping" else None,
        )
    found = query(
        """
        select event_id, event_type, anonymous_id, user_id, duration_seconds
        from staging.harmonized_events
        where source_name = 'snowplow'
        """
    )
    assert {row[0]: row[1:] for row in found} == expected
    times = query(
        "select event_id, occurred_at from staging.harmonized_events where source_name = 'snowplow'"
    )
    events = snowplow_events()
    for key, occurred_at in times:
        candidates = {row["derived_tstamp"] for row in events[key]}
        assert occurred_at in {
            datetime.fromisoformat(text).replace(tzinfo=None) for text in candidates
        }


def test_snowplow_decisions_at_the_banner(query):
    def decided(act, scopes):
        marketing = "marketing" in scopes
        profiling = "preferences" in scopes or "statistics" in scopes
        if act == "deny_all":
            marketing = profiling = False
        return {"marketing": marketing, "profiling": profiling}

    expected = set()
    for row in rows_of("snowplow.consent_preferences"):
        for purpose, given in decided(row["event_type"], row["consent_scopes"]).items():
            expected.add(
                (f"preferences-{row['root_id']}-{purpose}", "granted" if given else "withdrawn")
            )
    column = "unstruct_event_com_snowplowanalytics_snowplow_consent_preferences_1_0_0"
    for row in rows_of("snowplow.events"):
        if row.get(column) and row["event_id"]:
            decision = json.loads(row[column])[0]
            for purpose, given in decided(
                decision["event_type"], decision["consent_scopes"]
            ).items():
                expected.add(
                    (f"event-{row['event_id']}-{purpose}", "granted" if given else "withdrawn")
                )
    found = query(
        """
        select source_record_id, status, channel
        from staging.harmonized_consents
        where source_name = 'snowplow'
        """
    )
    # The key of a statement read from a state ends in a digest of what it says.
    assert {
        (key.rpartition("-")[0] if key.startswith("event-") else key, status)
        for key, status, _ in found
    } == expected
    assert {row[2] for row in found} == {"web"}
    # Decisions in a table of their own are of the visitors of their events.
    visitors = {key: rows[0]["domain_userid"] for key, rows in snowplow_events().items()}
    owners = query(
        """
        select source_record_id, anonymous_id
        from staging.harmonized_consents
        where source_table = 'snowplow.consent_preferences'
        """
    )
    for key, anonymous_id in owners:
        event_id = key.removeprefix("preferences-").rsplit("-", 1)[0]
        assert anonymous_id == visitors.get(event_id)


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
