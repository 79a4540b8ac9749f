-- The lines of an order sum to what the order says of them, and no unit appears or vanishes.
with

sums as (
    select
        order_key,
        count(*) as line_count,
        sum(quantity) as units,
        sum(kept_quantity) as kept_units,
        sum(total_amount) as lines_amount
    from {{ ref('fct_order_lines') }}
    group by order_key
)

select
    fct_orders.order_key,
    fct_orders.lines_amount,
    sums.lines_amount as sum_of_lines
from {{ ref('fct_orders') }} as fct_orders
left join sums
    on fct_orders.order_key = sums.order_key
where
    fct_orders.line_count <> coalesce(sums.line_count, 0)
    or fct_orders.units <> coalesce(sums.units, 0)
    or fct_orders.kept_units <> coalesce(sums.kept_units, 0)
    or fct_orders.lines_amount <> coalesce(sums.lines_amount, 0)
