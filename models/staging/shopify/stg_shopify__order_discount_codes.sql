{# One row per landed row of shopify.order_discount_code: a coupon used on an order. Feeds
   int_shopify__orders. #}
with

order_discount_codes as (
    select * from {{ source('shopify', 'order_discount_code') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.order_discount_code' as source_table,
        cast(order_discount_codes.order_id as string) || '-'
        || cast(order_discount_codes.index as string) as source_record_id,
        cast(order_discount_codes.order_id as string) as order_id,
        ---------- strings
        {{ clean_id('order_discount_codes.code') }} as coupon_code,
        lower({{ clean_text('order_discount_codes.type') }}) as discount_type,
        ---------- numbers
        cast(order_discount_codes.amount as decimal(18, 4)) as discount_value,
        ---------- timestamps
        order_discount_codes._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('order_discount_codes') }},
        {{ reject_reason([
            ('order_discount_codes.order_id is null', 'null key'),
            ('order_discount_codes.index is null', 'null key'),
            (clean_id('order_discount_codes.code') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('order_discount_codes') }} as payload
    from order_discount_codes
)

select * from final
