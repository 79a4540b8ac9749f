{#- One row per customer who keeps goods and mostly pays the full price for them. -#}
with

order_lines as (
    select
        customer_id,
        order_key,
        kept_quantity,
        is_full_price
    from {{ ref('fct_order_lines') }}
    where customer_id is not null
),

orders as (
    select order_key
    from {{ ref('fct_orders') }}
    where
        is_kept
        and ordered_at > {{ add_time(as_of(), -365, 'day') }}
),

counts as (
    select
        order_lines.customer_id,
        count(*) as line_count,
        sum(case when order_lines.is_full_price then 1 else 0 end) as full_price_count
    from order_lines
    inner join orders
        on order_lines.order_key = orders.order_key
    where order_lines.kept_quantity > 0
    group by order_lines.customer_id
),

final as (
    select customer_id
    from counts
    where
        line_count >= 3
        and full_price_count * 5 >= line_count * 4
)

select * from final
