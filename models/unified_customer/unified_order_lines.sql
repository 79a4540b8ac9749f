{# One row per line of an order, with the customer, time, channel, currency and status of its
   order. A line whose order has not landed is not known to be anybody's and waits for it. #}
with

harmonized_order_lines as (
    select * from {{ ref('harmonized_order_lines') }}
),

unified_orders as (
    select
        customer_id,
        source_name,
        order_id,
        channel,
        store_id,
        status,
        currency,
        is_kept,
        ordered_at
    from {{ ref('unified_orders') }}
),

final as (
    select
        unified_orders.customer_id,
        harmonized_order_lines.source_name,
        harmonized_order_lines.source_table,
        harmonized_order_lines.source_record_id,
        harmonized_order_lines.order_id,
        harmonized_order_lines.line_id,
        harmonized_order_lines.product_id,
        harmonized_order_lines.variant_id,
        harmonized_order_lines.sku,
        harmonized_order_lines.product_name,
        unified_orders.channel,
        unified_orders.store_id,
        unified_orders.status,
        unified_orders.currency,
        harmonized_order_lines.quantity,
        harmonized_order_lines.unit_price,
        harmonized_order_lines.list_price,
        harmonized_order_lines.discount,
        harmonized_order_lines.tax,
        harmonized_order_lines.total,
        coalesce(harmonized_order_lines.is_gift_card, false) as is_gift_card,
        unified_orders.is_kept,
        unified_orders.ordered_at,
        harmonized_order_lines.recorded_at,
        harmonized_order_lines.landed_at,
        harmonized_order_lines.batch_id
    from harmonized_order_lines
    inner join unified_orders
        on
            harmonized_order_lines.source_name = unified_orders.source_name
            and harmonized_order_lines.order_id = unified_orders.order_id
)

select * from final
