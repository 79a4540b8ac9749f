{#- One row per household of several customers: how many they are and, where the seed
    household_facts lets it cross, where they live and what they spend in all. -#}
with

unified_households as (
    select
        household_id,
        customer_id
    from {{ ref('unified_households') }}
),

household_facts as (
    select * from {{ ref('household_facts') }}
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

may_cross as (
    select
        count(case when fact = 'home_address' then 1 end) > 0 as home_address,
        count(case when fact = 'order_totals' then 1 end) > 0 as order_totals
    from household_facts
    where may_cross
),

final as (
    select
        cast(totals.household_id as string) as household_id,
        cast(case when may_cross.home_address then homes.city end as string) as city,
        cast(case when may_cross.home_address then homes.region end as string) as region,
        cast(case when may_cross.home_address then homes.country_code end as string)
            as country_code,
        cast('{{ var("reporting_currency") }}' as string) as reporting_currency,
        cast(totals.customer_count as bigint) as customer_count,
        cast(totals.minor_count as bigint) as minor_count,
        cast(case when may_cross.order_totals then totals.order_count end as bigint)
            as order_count,
        cast(case when may_cross.order_totals then totals.net_revenue end as decimal(18, 2))
            as net_revenue,
        cast(totals.first_seen_at as timestamp) as first_seen_at,
        cast(totals.last_seen_at as timestamp) as last_seen_at
    from totals
    inner join homes
        on totals.household_id = homes.household_id
    cross join may_cross
    where homes.home_rank = 1
)

select * from final
