{# One row per landed row of shopify.order_line. A line taken off its order stays, with nothing in
   it. #}
with

order_lines as (
    select * from {{ source('shopify', 'order_line') }}
),

counted as (
    select
        order_lines.*,
        {{ row_as_json('order_lines') }} as payload,
        case
            when coalesce(order_lines._fivetran_deleted, false) then 0 else order_lines.quantity
        end as kept_quantity,
        case
            when coalesce(order_lines._fivetran_deleted, false) then 0
            else coalesce(order_lines.total_discount, 0)
        end as kept_discount
    from order_lines
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.order_line' as source_table,
        cast(counted.id as string) as source_record_id,
        cast(counted.order_id as string) as order_id,
        cast(counted.id as string) as line_id,
        cast(counted.product_id as string) as product_id,
        cast(counted.variant_id as string) as variant_id,
        {{ clean_text('counted.sku') }} as sku,
        ---------- strings
        {{ clean_text('coalesce(counted.title, counted.name)') }} as product_name,
        ---------- numbers
        cast(counted.kept_quantity as bigint) as quantity,
        cast(counted.price as decimal(18, 4)) as unit_price,
        cast(round(counted.kept_discount, 2) as decimal(18, 2)) as discount,
        cast(round(
            counted.kept_quantity * counted.price - counted.kept_discount, 2
        ) as decimal(18, 2)) as total,
        ---------- booleans
        coalesce(counted.gift_card, false) as is_gift_card,
        ---------- timestamps
        counted._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('counted') }},
        {{ reject_reason([
            ('counted.id is null or counted.order_id is null', 'null key'),
            ('counted.quantity is null', 'no quantity'),
            ('counted.price is null', 'no price'),
        ]) }} as reject_reason,
        counted.payload
    from counted
)

select * from final
