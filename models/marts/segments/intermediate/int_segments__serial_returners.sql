{#- One row per customer who sends back half or more of what was bought. -#}
with

order_lines as (
    select
        customer_id,
        order_key,
        quantity,
        returned_quantity
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

units as (
    select
        order_lines.customer_id,
        sum(order_lines.quantity) as bought_units,
        sum(order_lines.returned_quantity) as returned_units
    from order_lines
    inner join orders
        on order_lines.order_key = orders.order_key
    group by order_lines.customer_id
),

final as (
    select customer_id
    from units
    where
        returned_units >= 3
        and returned_units * 2 >= bought_units
)

select * from final
