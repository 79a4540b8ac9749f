{# One row per accepted landed row of an order, with the coupons used on it and the means by which
   most of it was paid. A coupon or payment that lands after its order changes the order: batch_id
   is therefore the last batch that brought any part of it. #}
with

stg_shopify__orders as (
    select * from {{ ref('stg_shopify__orders') }}
    where reject_reason is null
),

stg_shopify__order_discount_codes as (
    select * from {{ ref('stg_shopify__order_discount_codes') }}
),

stg_shopify__tender_transactions as (
    select * from {{ ref('stg_shopify__tender_transactions') }}
),

stg_shopify__transactions as (
    select * from {{ ref('stg_shopify__transactions') }}
),

latest_codes as (
    {{ latest_version('stg_shopify__order_discount_codes', 'source_record_id',
        ['order_id', 'coupon_code']) }}
),

order_codes as (
    select
        order_id,
        {{ list_to_text(sorted_distinct_list('coupon_code'), ',') }} as coupon_codes,
        max(last_batch_id) as last_batch_id
    from latest_codes
    group by order_id
),

latest_tenders as (
    {{ latest_version('stg_shopify__tender_transactions', 'source_record_id',
        ['order_id', 'payment_method', 'amount']) }}
),

latest_transactions as (
    {{ latest_version('stg_shopify__transactions', 'source_record_id',
        ['order_id', 'payment_method', 'status', 'amount']) }}
),

-- a tender says by which means somebody paid, a transaction only through which gateway
paid as (
    select
        order_id,
        payment_method,
        amount,
        last_batch_id,
        1 as witness_rank
    from latest_tenders
    union all
    select
        order_id,
        payment_method,
        amount,
        last_batch_id,
        2 as witness_rank
    from latest_transactions
    where status = 'succeeded'
),

ranked_payments as (
    select
        order_id,
        payment_method,
        max(last_batch_id) over (partition by order_id) as last_batch_id,
        row_number() over (
            partition by order_id
            order by
                case when payment_method is null then 1 else 0 end asc,
                witness_rank asc,
                amount desc,
                payment_method desc
        ) as payment_rank
    from paid
),

versions as (
    select
        stg_shopify__orders.*,
        max(stg_shopify__orders.batch_id) over (
            partition by stg_shopify__orders.source_record_id
        ) as last_batch_id
    from stg_shopify__orders
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
        ranked_payments.payment_method,
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
            versions.last_batch_id,
            coalesce(order_codes.last_batch_id, 0),
            coalesce(ranked_payments.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join order_codes on versions.order_id = order_codes.order_id
    left join ranked_payments
        on versions.order_id = ranked_payments.order_id and ranked_payments.payment_rank = 1
)

select * from final
