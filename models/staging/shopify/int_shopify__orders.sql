{# One row per accepted landed row of an order, with the coupons used on it. A coupon that lands
   after its order changes the order: batch_id is therefore the last batch that brought any part of
   it. #}
with

stg_shopify__orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

stg_shopify__order_discount_codes as (
    select
        source_record_id,
        order_id,
        coupon_code,
        recorded_at,
        batch_id
    from {{ ref('stg_shopify__order_discount_codes') }}
    where reject_reason is null
),

ranked_codes as (
    select
        order_id,
        coupon_code,
        batch_id,
        row_number() over (
            partition by source_record_id
            order by recorded_at desc nulls last, coupon_code desc
        ) as version_rank
    from stg_shopify__order_discount_codes
),

order_codes as (
    select
        order_id,
        {{ list_to_text(
            sorted_distinct_list('case when version_rank = 1 then coupon_code end'), ','
        ) }} as coupon_codes,
        max(batch_id) as batch_id
    from ranked_codes
    group by order_id
),

versions as (
    select
        stg_shopify__orders.*,
        max(stg_shopify__orders.batch_id) over (
            partition by stg_shopify__orders.source_record_id
        ) as last_batch_id
    from stg_shopify__orders
    where stg_shopify__orders.reject_reason is null
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.order_id,
        versions.customer_record_id,
        versions.user_id,
        versions.store_id,
        ---------- strings
        versions.email,
        versions.phone,
        versions.channel,
        versions.status,
        versions.currency,
        order_codes.coupon_codes,
        ---------- numbers
        versions.discount,
        versions.tax,
        versions.shipping,
        versions.total,
        ---------- booleans
        versions.is_test,
        ---------- timestamps
        versions.ordered_at,
        versions.cancelled_at,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id, coalesce(order_codes.batch_id, versions.last_batch_id)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join order_codes on versions.order_id = order_codes.order_id
)

select * from final
