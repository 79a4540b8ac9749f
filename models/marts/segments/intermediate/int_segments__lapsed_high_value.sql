{#- One row per customer of the best fifth by net revenue who has not bought for 180 days. -#}
with

orders as (
    select
        customer_id,
        ordered_at,
        net_amount
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and is_kept
),

buyers as (
    select
        customer_id,
        sum(net_amount) as net_revenue,
        max(ordered_at) as last_ordered_at
    from orders
    group by customer_id
    having sum(net_amount) > 0
),

ranked as (
    select
        customer_id,
        last_ordered_at,
        percent_rank() over (order by net_revenue asc) as revenue_rank
    from buyers
),

final as (
    select customer_id
    from ranked
    where
        revenue_rank >= 0.8
        and last_ordered_at <= {{ add_time(as_of(), -180, 'day') }}
)

select * from final
