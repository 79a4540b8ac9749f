-- Net is what was charged less what was given back, and all that was given back for an order is on
-- it.
with

given_back as (
    select
        order_key,
        sum(amount) as returned_amount
    from {{ ref('fct_returns') }}
    where order_key is not null
    group by order_key
)

select fct_orders.order_key
from {{ ref('fct_orders') }} as fct_orders
left join given_back
    on fct_orders.order_key = given_back.order_key
where
    fct_orders.net_amount <> fct_orders.total_amount - fct_orders.returned_amount
    or fct_orders.returned_amount <> coalesce(given_back.returned_amount, 0)
