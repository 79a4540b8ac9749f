{# One row per accepted landed row of a refunded line whose refund document has landed: the line,
   dated by the document and completed by the order (who, which currency, whether prices include
   tax) and the order line (which product). A part that lands later changes the return: batch_id is
   the last batch that brought any. #}
with

stg_shopify__order_line_refunds as (
    select * from {{ ref('stg_shopify__order_line_refunds') }}
    where reject_reason is null
),

stg_shopify__refunds as (
    select * from {{ ref('stg_shopify__refunds') }}
),

stg_shopify__order_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
),

stg_shopify__orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

line_refunds as (
    select
        stg_shopify__order_line_refunds.*,
        max(stg_shopify__order_line_refunds.batch_id) over (
            partition by stg_shopify__order_line_refunds.source_record_id
        ) as last_batch_id
    from stg_shopify__order_line_refunds
),

latest_refunds as (
    {{ latest_version('stg_shopify__refunds', 'refund_id', ['returned_at', 'order_id', 'note']) }}
),

-- only what was returned is ranked: returns are few beside orders
latest_lines as (
    {{ latest_version('stg_shopify__order_lines', 'line_id', ['product_id', 'variant_id'],
        'line_id in (select line_refunds.line_id from line_refunds)') }}
),

latest_orders as (
    {{ latest_version('stg_shopify__orders', 'order_id',
        ['customer_record_id', 'email', 'currency', 'is_tax_included'],
        'order_id in (select latest_refunds.order_id from latest_refunds)') }}
),

final as (
    select
        ---------- ids
        line_refunds.source_name,
        line_refunds.source_table,
        line_refunds.source_record_id,
        line_refunds.source_record_id as return_id,
        latest_refunds.order_id,
        line_refunds.line_id,
        latest_orders.customer_record_id,
        latest_lines.product_id,
        latest_lines.variant_id,
        ---------- strings
        latest_orders.email,
        latest_orders.currency,
        -- goods taken off an order before they were sent come back by no way at all
        case
            when line_refunds.restock_type = 'cancel' then null
            when {{ regex_matches("lower(latest_refunds.note)", 'store|tienda') }} then 'store'
            when {{ regex_matches("lower(latest_refunds.note)", 'locker|taquilla') }} then 'locker'
            else 'post'
        end as return_method,
        coalesce(line_refunds.return_reason, latest_refunds.note) as return_reason,
        ---------- numbers
        line_refunds.quantity,
        cast(round(
            case
                when latest_orders.is_tax_included then line_refunds.subtotal
                else line_refunds.subtotal + line_refunds.tax
            end,
            2
        ) as decimal(18, 2)) as amount,
        ---------- booleans
        line_refunds.restock_type in ('return', 'cancel', 'legacy_restock') as is_restocked,
        ---------- timestamps
        latest_refunds.returned_at,
        -- the line itself carries no time of change, its document does
        coalesce(line_refunds.recorded_at, latest_refunds.returned_at) as recorded_at,
        ---------- metadata
        greatest(
            line_refunds.last_batch_id,
            latest_refunds.last_batch_id,
            coalesce(latest_lines.last_batch_id, 0),
            coalesce(latest_orders.last_batch_id, 0)
        ) as batch_id,
        greatest(line_refunds.batch_id, latest_refunds.first_batch_id) as first_batch_id,
        line_refunds.landed_at,
        line_refunds.landed_file,
        line_refunds.landed_row,
        line_refunds.reject_reason,
        line_refunds.payload
    from line_refunds
    inner join latest_refunds on line_refunds.refund_id = latest_refunds.refund_id
    left join latest_lines on line_refunds.line_id = latest_lines.line_id
    left join latest_orders on latest_refunds.order_id = latest_orders.order_id
)

select * from final
