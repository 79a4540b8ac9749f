{# One row per accepted landed row of an order line, with its share of the discounts and its taxes.
   The shares, where they land, hold every discount of the line, those of the whole order included;
   the line's own field does only where a script or a draft order has set it. #}
with

stg_shopify__order_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
    where reject_reason is null
),

stg_shopify__discount_allocations as (
    select * from {{ ref('stg_shopify__discount_allocations') }}
),

stg_shopify__tax_lines as (
    select * from {{ ref('stg_shopify__tax_lines') }}
),

latest_allocations as (
    {{ latest_version('stg_shopify__discount_allocations', 'source_record_id',
        ['line_id', 'amount']) }}
),

discounts as (
    select
        line_id,
        sum(amount) as amount,
        max(last_batch_id) as last_batch_id
    from latest_allocations
    group by line_id
),

latest_taxes as (
    {{ latest_version('stg_shopify__tax_lines', 'source_record_id', ['line_id', 'amount']) }}
),

taxes as (
    select
        line_id,
        sum(amount) as amount,
        max(last_batch_id) as last_batch_id
    from latest_taxes
    group by line_id
),

versions as (
    select
        stg_shopify__order_lines.*,
        max(stg_shopify__order_lines.batch_id) over (
            partition by stg_shopify__order_lines.source_record_id
        ) as last_batch_id
    from stg_shopify__order_lines
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.order_id,
        versions.line_id,
        versions.product_id,
        versions.variant_id,
        versions.sku,
        ---------- strings
        versions.product_name,
        ---------- numbers
        versions.quantity,
        versions.unit_price,
        -- a line that was taken off its order has no discount either
        cast(case
            when versions.quantity = 0 then 0
            else round(coalesce(discounts.amount, versions.discount), 2)
        end as decimal(18, 2)) as discount,
        cast(case
            when versions.quantity = 0 then 0
            else round(taxes.amount, 2)
        end as decimal(18, 2)) as tax,
        cast(case
            when versions.quantity = 0 then 0
            else
                round(
                    versions.quantity * versions.unit_price
                    - coalesce(discounts.amount, versions.discount),
                    2
                )
        end as decimal(18, 2)) as total,
        ---------- booleans
        versions.is_gift_card,
        ---------- timestamps
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id,
            coalesce(discounts.last_batch_id, 0),
            coalesce(taxes.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join discounts on versions.line_id = discounts.line_id
    left join taxes on versions.line_id = taxes.line_id
)

select * from final
