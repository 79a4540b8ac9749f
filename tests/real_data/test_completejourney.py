"""A real grocer's loyalty households through the contract source: campaigns, coupons, redemptions.

The figures are those of the set's own description (targets and redemptions by type of campaign,
every redemption by a household that was meant), or counted in its files.
"""

from decimal import Decimal

import pytest
from real_run import RealRun


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = RealRun("completejourney", tmp_path_factory.mktemp("completejourney"))
    run.load()
    run.build(
        "+unified_orders",
        "+unified_order_lines",
        "+unified_events",
        "+unified_campaign_targets",
        "+harmonized_campaigns",
        "+harmonized_coupons",
        "+harmonized_products",
    )
    return run


def test_baskets_and_lines_are_those_of_the_file(run):
    assert run.row("""
        select count(*), count(distinct customer_id), sum(total)
        from unified_customer.unified_orders
    """) == (47_243, 2_377, Decimal("233935.24"))
    assert run.row("select count(*), sum(total) from unified_customer.unified_order_lines") == (
        75_000,
        Decimal("233935.24"),
    )
    assert run.row("select count(*) from staging.harmonized_products") == (92_331,)


def test_households_are_targeted_as_published(run):
    assert run.row("""
        select count(*), count(distinct customer_id) from unified_customer.unified_campaign_targets
    """) == (6_589, 1_559)
    assert run.rows("""
        select campaigns.campaign_type, count(*)
        from unified_customer.unified_campaign_targets as targets
        inner join staging.harmonized_campaigns as campaigns using (campaign_id)
        group by campaigns.campaign_type
        order by campaigns.campaign_type
    """) == [("type a", 3_647), ("type b", 2_368), ("type c", 574)]


def test_redemptions_are_those_published_and_all_by_customers_who_were_meant(run):
    assert run.rows("""
        with redemptions as (
            select customer_id, json_extract_string(properties, '$.campaign') as campaign_id
            from unified_customer.unified_events
            where event_type = 'coupon_redeemed'
        )

        select
            campaigns.campaign_type,
            count(*),
            count(*) filter (exists (
                select 1
                from unified_customer.unified_campaign_targets as targets
                where
                    targets.customer_id = redemptions.customer_id
                    and targets.campaign_id = redemptions.campaign_id
            ))
        from redemptions
        inner join staging.harmonized_campaigns as campaigns using (campaign_id)
        group by campaigns.campaign_type
        order by campaigns.campaign_type
    """) == [("type a", 1_718, 1_718), ("type b", 323, 323), ("type c", 61, 61)]
    assert run.row("""
        select count(distinct customer_id)
        from unified_customer.unified_events
        where event_type = 'coupon_redeemed'
    """) == (410,)


def test_coupons_are_good_for_as_long_as_their_campaign(run):
    assert run.row("""
        select
            count(distinct coupons.coupon_code),
            count(*),
            count(*) filter (coupons.valid_to = campaigns.ends_at)
        from staging.harmonized_coupons as coupons
        inner join staging.harmonized_campaigns as campaigns using (campaign_id)
    """) == (981, 1_197, 1_197)
