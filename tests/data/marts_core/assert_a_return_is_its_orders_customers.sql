-- A return and the order that it came from belong to one customer.
select fct_returns.return_key
from {{ ref('fct_returns') }} as fct_returns
inner join {{ ref('fct_orders') }} as fct_orders
    on fct_returns.order_key = fct_orders.order_key
where fct_orders.customer_id <> fct_returns.customer_id
