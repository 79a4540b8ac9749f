{#- One row per customer who looked at products lately and has bought nothing since. -#}
with

product_views as (
    select
        customer_id,
        min(occurred_at) as first_viewed_at
    from {{ ref('unified_events') }}
    where
        customer_id is not null
        and event_type = 'product_viewed'
        and occurred_at > {{ add_time(as_of(), -14, 'day') }}
    group by customer_id
),

last_orders as (
    select
        customer_id,
        max(ordered_at) as last_ordered_at
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and is_kept
    group by customer_id
),

final as (
    select product_views.customer_id
    from product_views
    left join last_orders
        on product_views.customer_id = last_orders.customer_id
    where
        last_orders.last_ordered_at is null
        or last_orders.last_ordered_at < product_views.first_viewed_at
)

select * from final
