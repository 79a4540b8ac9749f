{# One row per cart: what a customer put into it from the first product to the order, or until it
   was left alone. A cart ends with an order or after var cart_gap_days without a cart event. #}
with

unified_events as (
    select
        customer_id,
        source_name,
        source_record_id,
        event_type,
        product_id,
        order_id,
        coalesce(quantity, 1) as quantity,
        value,
        currency,
        occurred_at
    from {{ ref('unified_events') }}
    where
        customer_id is not null
        and event_type in (
            'add_to_cart', 'remove_from_cart', 'checkout_started', 'order_completed'
        )
),

fct_orders as (
    select
        customer_id,
        order_key,
        order_id,
        ordered_at
    from {{ ref('fct_orders') }}
    where
        channel in ('web', 'app')
        and is_kept
),

-- Trackers know the shop's order number; one that two sources use names no order.
order_numbers as (
    select
        order_id,
        min(order_key) as order_key
    from fct_orders
    group by order_id
    having count(*) = 1
),

timeline as (
    select
        customer_id,
        'event|' || source_name || '|' || source_record_id as step_key,
        event_type,
        product_id,
        cast(null as string) as order_key,
        quantity,
        value,
        currency,
        occurred_at,
        0 as is_order
    from unified_events
    where event_type <> 'order_completed'

    union all

    -- A guest's browser may be all that is known of who ordered.
    select
        unified_events.customer_id,
        'event|' || unified_events.source_name || '|' || unified_events.source_record_id
            as step_key,
        'order' as event_type,
        cast(null as string) as product_id,
        order_numbers.order_key,
        cast(null as bigint) as quantity,
        cast(null as decimal(18, 2)) as value,
        cast(null as string) as currency,
        unified_events.occurred_at,
        1 as is_order
    from unified_events
    left join order_numbers
        on unified_events.order_id = order_numbers.order_id
    where unified_events.event_type = 'order_completed'

    union all

    select
        customer_id,
        'order|' || order_key as step_key,
        'order' as event_type,
        cast(null as string) as product_id,
        order_key,
        cast(null as bigint) as quantity,
        cast(null as decimal(18, 2)) as value,
        cast(null as string) as currency,
        ordered_at as occurred_at,
        1 as is_order
    from fct_orders
    where customer_id is not null
),

previous_steps as (
    select
        customer_id,
        step_key,
        event_type,
        product_id,
        order_key,
        quantity,
        value,
        currency,
        occurred_at,
        is_order,
        lag(occurred_at) over (
            partition by customer_id
            order by occurred_at, is_order, step_key
        ) as previous_at,
        lag(is_order) over (
            partition by customer_id
            order by occurred_at, is_order, step_key
        ) as was_order
    from timeline
),

starts as (
    select
        customer_id,
        step_key,
        event_type,
        product_id,
        order_key,
        quantity,
        value,
        currency,
        occurred_at,
        is_order,
        case
            when previous_at is null or was_order = 1 then 1
            when
                occurred_at
                > {{ add_time('previous_at', var('cart_gap_days'), 'day') }}
                then 1
            else 0
        end as is_start
    from previous_steps
),

steps as (
    select
        customer_id,
        step_key,
        event_type,
        product_id,
        order_key,
        quantity,
        value,
        currency,
        occurred_at,
        is_order,
        is_start,
        sum(is_start) over (
            partition by customer_id
            order by occurred_at, is_order, step_key
            rows between unbounded preceding and current row
        ) as cart_number
    from starts
),

carts as (
    select
        customer_id,
        cart_number,
        max(case when is_start = 1 then step_key end) as first_step_key,
        max(order_key) as order_key,
        max(currency) as currency,
        max(case when event_type = 'checkout_started' then 1 else 0 end) = 1 as has_checkout,
        min(occurred_at) as started_at,
        max(case when is_order = 0 then occurred_at end) as last_activity_at,
        max(case when is_order = 1 then occurred_at end) as ordered_at
    from steps
    group by
        customer_id,
        cart_number
    -- An order without a cart before it (a till, a phone call) makes no cart.
    having max(case when event_type = 'add_to_cart' then 1 else 0 end) = 1
),

products as (
    select
        customer_id,
        cart_number,
        product_id,
        sum(case event_type when 'add_to_cart' then quantity else -quantity end) as units,
        sum(case event_type when 'add_to_cart' then value else -value end) as amount
    from steps
    where
        product_id is not null
        and event_type in ('add_to_cart', 'remove_from_cart')
    group by
        customer_id,
        cart_number,
        product_id
    having sum(case event_type when 'add_to_cart' then quantity else -quantity end) > 0
),

contents as (
    select
        customer_id,
        cart_number,
        count(*) as product_count,
        sum(units) as units,
        sum(amount) as amount,
        {{ list_to_text(sorted_distinct_list('product_id'), ',') }} as product_ids
    from products
    group by
        customer_id,
        cart_number
),

final as (
    select
        carts.first_step_key as cart_key,
        carts.customer_id,
        carts.order_key,
        contents.product_ids,
        carts.currency,
        case
            when carts.ordered_at is not null then 'ordered'
            when
                {{ add_time('carts.last_activity_at', var('cart_abandoned_after_hours'), 'hour') }}
                > {{ as_of() }}
                then 'open'
            when coalesce(contents.product_count, 0) = 0 then 'emptied'
            when carts.has_checkout then 'abandoned_checkout'
            else 'abandoned_cart'
        end as cart_status,
        cast(coalesce(contents.product_count, 0) as bigint) as product_count,
        cast(coalesce(contents.units, 0) as bigint) as units,
        cast(contents.amount as decimal(18, 2)) as amount,
        carts.has_checkout,
        carts.started_at,
        carts.last_activity_at,
        carts.ordered_at
    from carts
    left join contents
        on
            carts.customer_id = contents.customer_id
            and carts.cart_number = contents.cart_number
)

select * from final
