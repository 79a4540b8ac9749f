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
    select
        refund_id,
        order_id,
        note,
        returned_at,
        recorded_at,
        batch_id
    from {{ ref('stg_shopify__refunds') }}
    where reject_reason is null
),

stg_shopify__order_lines as (
    select
        line_id,
        product_id,
        variant_id,
        recorded_at,
        batch_id
    from {{ ref('stg_shopify__order_lines') }}
    where reject_reason is null
),

stg_shopify__orders as (
    select
        order_id,
        customer_record_id,
        email,
        currency,
        is_tax_included,
        recorded_at,
        batch_id
    from {{ ref('stg_shopify__orders') }}
    where reject_reason is null
),

line_refunds as (
    select
        stg_shopify__order_line_refunds.*,
        max(stg_shopify__order_line_refunds.batch_id) over (
            partition by stg_shopify__order_line_refunds.source_record_id
        ) as last_batch_id
    from stg_shopify__order_line_refunds
),

ranked_refunds as (
    select
        refund_id,
        order_id,
        note,
        returned_at,
        max(batch_id) over (partition by refund_id) as last_batch_id,
        min(batch_id) over (partition by refund_id) as first_batch_id,
        row_number() over (
            partition by refund_id
            order by
                recorded_at desc nulls last, returned_at desc, order_id desc, note desc nulls last
        ) as version_rank
    from stg_shopify__refunds
),

-- only what was returned is ranked: returns are few beside orders
ranked_lines as (
    select
        line_id,
        product_id,
        variant_id,
        max(batch_id) over (partition by line_id) as last_batch_id,
        row_number() over (
            partition by line_id
            order by
                recorded_at desc nulls last,
                product_id desc nulls last,
                variant_id desc nulls last
        ) as version_rank
    from stg_shopify__order_lines
    where line_id in (select line_refunds.line_id from line_refunds)
),

ranked_orders as (
    select
        order_id,
        customer_record_id,
        email,
        currency,
        is_tax_included,
        max(batch_id) over (partition by order_id) as last_batch_id,
        row_number() over (
            partition by order_id
            order by
                recorded_at desc nulls last,
                customer_record_id desc nulls last,
                email desc nulls last,
                currency desc nulls last,
                is_tax_included desc
        ) as version_rank
    from stg_shopify__orders
    where order_id in (select ranked_refunds.order_id from ranked_refunds)
),

final as (
    select
        ---------- ids
        line_refunds.source_name,
        line_refunds.source_table,
        line_refunds.source_record_id,
        line_refunds.source_record_id as return_id,
        ranked_refunds.order_id,
        line_refunds.line_id,
        ranked_orders.customer_record_id,
        ranked_lines.product_id,
        ranked_lines.variant_id,
        ---------- strings
        ranked_orders.email,
        ranked_orders.currency,
        -- goods taken off an order before they were sent come back by no way at all
        case
            when line_refunds.restock_type = 'cancel' then null
            when {{ regex_matches("lower(ranked_refunds.note)", 'store|tienda') }} then 'store'
            when {{ regex_matches("lower(ranked_refunds.note)", 'locker|taquilla') }} then 'locker'
            else 'post'
        end as return_method,
        coalesce(line_refunds.return_reason, ranked_refunds.note) as return_reason,
        ---------- numbers
        line_refunds.quantity,
        cast(round(
            case
                when ranked_orders.is_tax_included then line_refunds.subtotal
                else line_refunds.subtotal + line_refunds.tax
            end,
            2
        ) as decimal(18, 2)) as amount,
        ---------- booleans
        line_refunds.restock_type in ('return', 'cancel', 'legacy_restock') as is_restocked,
        ---------- timestamps
        ranked_refunds.returned_at,
        -- the line itself carries no time of change, its document does
        coalesce(line_refunds.recorded_at, ranked_refunds.returned_at) as recorded_at,
        ---------- metadata
        greatest(
            line_refunds.last_batch_id,
            ranked_refunds.last_batch_id,
            coalesce(ranked_lines.last_batch_id, 0),
            coalesce(ranked_orders.last_batch_id, 0)
        ) as batch_id,
        greatest(line_refunds.batch_id, ranked_refunds.first_batch_id) as first_batch_id,
        line_refunds.landed_at,
        line_refunds.landed_file,
        line_refunds.landed_row,
        line_refunds.reject_reason,
        line_refunds.payload
    from line_refunds
    inner join ranked_refunds
        on
            line_refunds.refund_id = ranked_refunds.refund_id
            and ranked_refunds.version_rank = 1
    left join ranked_lines
        on line_refunds.line_id = ranked_lines.line_id and ranked_lines.version_rank = 1
    left join ranked_orders
        on ranked_refunds.order_id = ranked_orders.order_id and ranked_orders.version_rank = 1
)

select * from final
