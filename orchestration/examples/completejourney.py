"""The Complete Journey: a year of a grocer's loyalty households (real; dunnhumby), CC0 package.

Baskets are not complete: the lines are a random sample of about one in twenty, so amounts of a
basket or a household say nothing about the whole. Campaigns, coupons, redemptions, households and
products are complete.

- Lines of a basket: order lines; the baskets: orders in the shop. Lines are told apart by basket
  and product.
- Households that a campaign was meant for: targets, dated by the campaign's first day.
- Redemptions: events (coupon_redeemed), with coupon and campaign.
- A coupon is good for many products and may belong to several campaigns: one record per coupon
  and campaign.

Times carry no zone and are read as UTC.
"""

from __future__ import annotations

from orchestration.examples.example import Example

FIRST_DAY = "timestamp '2017-01-01 00:00:00'"

EXAMPLE = Example(
    name="completejourney",
    as_of="2018-01-02 00:00:00",
    files={
        "households": "demographics.parquet",
        "products": "products.parquet",
        "lines": "transactions_sample_75k.parquet",
        "campaigns": "campaign_descriptions.parquet",
        "targets": "campaigns.parquet",
        "coupons": "coupons.parquet",
        "redemptions": "coupon_redemptions.parquet",
    },
    tables={
        # Ages and sizes are bands (65+, 5+), which are no dates and no numbers.
        "contract/customers": f"""
            select
                'completejourney' as source_name,
                household_id as source_record_id,
                marital_status,
                try_cast(household_size as bigint) as household_size,
                cast(to_json({{
                    'age': age,
                    'income': income,
                    'home_ownership': home_ownership,
                    'household_comp': household_comp,
                    'kids_count': kids_count
                }}) as varchar) as attributes,
                {FIRST_DAY} as recorded_at
            from households
        """,
        "contract/products": f"""
            select
                'completejourney' as source_name,
                product_id as source_record_id,
                product_id,
                product_type as product_name,
                product_category as category,
                department as family,
                brand,
                {FIRST_DAY} as recorded_at
            from products
        """,
        "contract/orders": """
            select
                'completejourney' as source_name,
                basket_id as source_record_id,
                basket_id as order_id,
                max(household_id) as customer_record_id,
                max(store_id) as store_id,
                'store' as channel,
                'completed' as status,
                'USD' as currency,
                sum(cast(sales_value as decimal(18, 2))) as total,
                min(transaction_timestamp) as ordered_at,
                max(transaction_timestamp) as recorded_at
            from lines
            group by basket_id
        """,
        "contract/order_lines": """
            select
                'completejourney' as source_name,
                basket_id || '-' || product_id as source_record_id,
                basket_id as order_id,
                basket_id || '-' || product_id as line_id,
                product_id,
                cast(quantity as bigint) as quantity,
                cast(retail_disc + coupon_disc + coupon_match_disc as decimal(18, 2)) as discount,
                cast(sales_value as decimal(18, 2)) as total,
                transaction_timestamp as ordered_at,
                transaction_timestamp as recorded_at
            from lines
        """,
        "contract/campaigns": """
            select
                'completejourney' as source_name,
                campaign_id as source_record_id,
                campaign_id,
                campaign_type,
                'coupon' as tags,
                cast(start_date as timestamp) as starts_at,
                cast(end_date as timestamp) as ends_at,
                cast(start_date as timestamp) as recorded_at
            from campaigns
        """,
        "contract/campaign_targets": """
            select
                'completejourney' as source_name,
                campaign_id || '-' || household_id as source_record_id,
                campaign_id,
                household_id as customer_record_id,
                cast(start_date as timestamp) as targeted_at,
                cast(start_date as timestamp) as recorded_at
            from targets
            inner join campaigns using (campaign_id)
        """,
        "contract/coupons": """
            select
                'completejourney' as source_name,
                coupon_upc || '-' || campaign_id as source_record_id,
                coupon_upc as coupon_code,
                campaign_id,
                cast(any_value(start_date) as timestamp) as valid_from,
                cast(any_value(end_date) as timestamp) as valid_to,
                cast(any_value(start_date) as timestamp) as recorded_at
            from coupons
            inner join campaigns using (campaign_id)
            group by coupon_upc, campaign_id
        """,
        "contract/events": """
            select
                'completejourney' as source_name,
                concat_ws('-', household_id, coupon_upc, campaign_id, redemption_date)
                    as source_record_id,
                'coupon_redeemed' as event_type,
                'store' as channel,
                household_id as customer_record_id,
                cast(to_json({'coupon': coupon_upc, 'campaign': campaign_id}) as varchar)
                    as properties,
                cast(redemption_date as timestamp) as occurred_at,
                cast(redemption_date as timestamp) as recorded_at
            from redemptions
        """,
    },
)
