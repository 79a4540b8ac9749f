{# One row per landed row of shopify.discount_application: a discount put on an order, by its own
   rule. Feeds int_shopify__coupons (what a code is worth). #}
with

discount_applications as (
    select * from {{ source('shopify', 'discount_application') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.discount_application' as source_table,
        cast(discount_applications.order_id as string) || '-'
        || cast(discount_applications.index as string) as source_record_id,
        cast(discount_applications.order_id as string) as order_id,
        ---------- strings
        {{ clean_text('discount_applications.code') }} as coupon_code,
        {{ map_values('discount_applications.value_type', {
            'percentage': 'percent',
            'fixed_amount': 'amount',
        }) }} as value_type,
        ---------- numbers
        cast(discount_applications.value as decimal(18, 4)) as discount_value,
        ---------- timestamps
        discount_applications._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('discount_applications') }},
        {{ reject_reason([
            ('discount_applications.order_id is null', 'null key'),
            ('discount_applications.index is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('discount_applications') }} as payload
    from discount_applications
)

select * from final
