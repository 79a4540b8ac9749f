{{ config(materialized='view') }}

{#- One row per metric of the watch list, dimension and unit (customer or order) that counts in it
    now, with what it contributes. The one place in which these metrics are defined: a metric is the
    sum of its units. Customers and units are digests, so that the published values can be kept
    beside them without leading to anybody whom an erasure has forgotten. -#}
with

published_metrics as (
    select
        metric,
        window_days
    from {{ ref('published_metrics') }}
),

dim_customers as (
    select
        customer_id,
        population,
        last_order_at
    from {{ ref('dim_customers') }}
),

fct_orders as (
    select
        order_key,
        customer_id,
        net_amount_reporting,
        order_date,
        is_kept
    from {{ ref('fct_orders') }}
),

dim_loyalty_members as (
    select
        member_key,
        customer_id,
        programme,
        tier_code,
        population
    from {{ ref('dim_loyalty_members') }}
),

fct_contactability as (
    select
        customer_id,
        channel,
        is_contactable
    from {{ ref('fct_contactability') }}
),

active_customers as (
    select
        published_metrics.metric,
        'all' as dimension,
        dim_customers.customer_id as unit,
        dim_customers.customer_id,
        1 as metric_value
    from dim_customers
    inner join published_metrics
        on published_metrics.metric = 'active_customers'
    where
        dim_customers.population = 'customer'
        and dim_customers.last_order_at
        > {{ add_time(as_of(), '-published_metrics.window_days', 'day') }}
),

revenue as (
    select
        'revenue' as metric,
        left(cast(order_date as string), 7) as dimension,
        order_key as unit,
        customer_id,
        net_amount_reporting as metric_value
    from fct_orders
    where is_kept
),

loyalty_members as (
    select
        'loyalty_members' as metric,
        programme || '|' || coalesce(tier_code, 'none') as dimension,
        member_key as unit,
        customer_id,
        1 as metric_value
    from dim_loyalty_members
    where population = 'customer'
),

contactable_customers as (
    select
        'contactable_customers' as metric,
        channel as dimension,
        customer_id as unit,
        customer_id,
        1 as metric_value
    from fct_contactability
    where is_contactable
),

units as (
    select * from active_customers
    union all
    select * from revenue
    union all
    select * from loyalty_members
    union all
    select * from contactable_customers
),

final as (
    select
        metric,
        dimension,
        {{ sha256_hex('unit') }} as unit_key,
        {{ sha256_hex('customer_id') }} as customer_key,
        cast(metric_value as decimal(18, 2)) as metric_value
    from units
)

select * from final
