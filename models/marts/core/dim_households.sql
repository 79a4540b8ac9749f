{#- One row per household of several customers, with what may be said of it as a whole (seed
    household_facts): where it lives, how many it is, what it spends in all. -#}
with

unified_households as (
    select
        household_id,
        customer_id
    from {{ ref('unified_households') }}
),

dim_customers as (
    select
        customer_id,
        population,
        city,
        region,
        country_code,
        net_revenue,
        order_count,
        first_seen_at,
        last_seen_at
    from {{ ref('dim_customers') }}
),

members as (
    select
        unified_households.household_id,
        dim_customers.*
    from unified_households
    inner join dim_customers
        on unified_households.customer_id = dim_customers.customer_id
),

homes as (
    select
        household_id,
        city,
        region,
        country_code,
        row_number() over (
            partition by household_id
            order by
                count(*) desc,
                city asc nulls last,
                region asc nulls last,
                country_code asc nulls last
        ) as home_rank
    from members
    group by
        household_id,
        city,
        region,
        country_code
),

totals as (
    select
        household_id,
        count(*) as customer_count,
        sum(case when population = 'minor' then 1 else 0 end) as minor_count,
        sum(order_count) as order_count,
        sum(net_revenue) as net_revenue,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from members
    group by household_id
),

final as (
    select
        cast(totals.household_id as string) as household_id,
        cast(homes.city as string) as city,
        cast(homes.region as string) as region,
        cast(homes.country_code as string) as country_code,
        cast('{{ var("reporting_currency") }}' as string) as reporting_currency,
        cast(totals.customer_count as bigint) as customer_count,
        cast(totals.minor_count as bigint) as minor_count,
        cast(totals.order_count as bigint) as order_count,
        cast(totals.net_revenue as decimal(18, 2)) as net_revenue,
        cast(totals.first_seen_at as timestamp) as first_seen_at,
        cast(totals.last_seen_at as timestamp) as last_seen_at
    from totals
    inner join homes
        on totals.household_id = homes.household_id
    where homes.home_rank = 1
)

select * from final
