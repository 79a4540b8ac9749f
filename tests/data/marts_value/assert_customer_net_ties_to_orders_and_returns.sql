-- What customers are worth together is what was charged to customers less what was given back to
-- them.
with

totals as (
    select
        (
            select coalesce(sum(net_amount_reporting), 0)
            from {{ ref('fct_orders') }}
            where
                is_kept
                and customer_id is not null
        )
        - (
            select coalesce(sum(amount_reporting), 0)
            from {{ ref('fct_returns') }}
            where
                order_key is null
                and customer_id is not null
        ) as expected,
        (
            select coalesce(sum(net_revenue), 0)
            from {{ ref('fct_customer_lifetime_value') }}
        ) as found
)

select
    expected,
    found
from totals
where expected <> found
