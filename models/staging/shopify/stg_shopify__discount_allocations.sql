{# One row per landed row of shopify.discount_allocation: the share
   of a discount that falls on an order line. Feeds int_shopify__order_lines. #}
with

discount_allocations as (
    select * from {{ source('shopify', 'discount_allocation') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.discount_allocation' as source_table,
        cast(discount_allocations.order_line_id as string) || '-'
        || cast(discount_allocations.index as string)
            as source_record_id,
        cast(discount_allocations.order_line_id as string) as line_id,
        ---------- numbers
        cast(discount_allocations.amount as decimal(18, 4)) as amount,
        ---------- timestamps
        discount_allocations._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('discount_allocations') }},
        {{ reject_reason([
            (
                'discount_allocations.order_line_id is null or discount_allocations.index is null',
                'null key'
            ),
            ('discount_allocations.amount is null', 'no amount'),
        ]) }} as reject_reason,
        {{ row_as_json('discount_allocations') }} as payload
    from discount_allocations
)

select * from final
