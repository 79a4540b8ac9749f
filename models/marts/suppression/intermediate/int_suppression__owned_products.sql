{#- One row per customer and product that the customer has: units kept, net of returns. A product
    that is used up counts as owned until the customers' usual interval between purchases is
    nearly over. -#}
with

order_lines as (
    select
        customer_id,
        product_id,
        kept_quantity,
        ordered_at
    from {{ ref('fct_order_lines') }}
    where
        customer_id is not null
        and product_id is not null
        and is_kept
),

products as (
    select
        product_id,
        max(case when is_consumable then 1 else 0 end) = 1 as is_consumable
    from {{ ref('unified_products') }}
    group by product_id
),

purchases as (
    select
        customer_id,
        product_id,
        ordered_at,
        sum(kept_quantity) as kept_units
    from order_lines
    group by customer_id, product_id, ordered_at
    having sum(kept_quantity) > 0
),

intervals as (
    select
        purchases.product_id,
        {{ seconds_between(
            'lag(purchases.ordered_at) over ('
            ~ 'partition by purchases.customer_id, purchases.product_id'
            ~ ' order by purchases.ordered_at asc)',
            'purchases.ordered_at'
        ) }} as interval_seconds
    from purchases
    inner join products
        on purchases.product_id = products.product_id
    where products.is_consumable
),

usual_intervals as (
    select
        product_id,
        case
            when count(interval_seconds) >= {{ var('replenishment_min_intervals') }}
                then median(interval_seconds)
        end as median_interval_seconds
    from intervals
    where interval_seconds is not null
    group by product_id
),

holdings as (
    select
        customer_id,
        product_id,
        sum(kept_units) as kept_units,
        min(ordered_at) as first_ordered_at,
        max(ordered_at) as last_ordered_at
    from purchases
    group by customer_id, product_id
),

dated as (
    select
        holdings.customer_id,
        holdings.product_id,
        holdings.kept_units,
        coalesce(products.is_consumable, false) as is_consumable,
        holdings.first_ordered_at,
        holdings.last_ordered_at,
        case
            when products.is_consumable
                then {{ add_time(
                    'holdings.last_ordered_at',
                    'cast(round(' ~ var('replenishment_share') ~ ' * coalesce('
                    ~ 'usual_intervals.median_interval_seconds, '
                    ~ var('replenishment_default_days') ~ ' * 86400.0)) as integer)',
                    'second'
                ) }}
        end as owned_until
    from holdings
    left join products
        on holdings.product_id = products.product_id
    left join usual_intervals
        on holdings.product_id = usual_intervals.product_id
),

final as (
    select
        customer_id,
        product_id,
        cast(kept_units as bigint) as kept_units,
        is_consumable,
        first_ordered_at,
        last_ordered_at,
        owned_until
    from dated
    where
        owned_until is null
        or owned_until > {{ as_of() }}
)

select * from final
