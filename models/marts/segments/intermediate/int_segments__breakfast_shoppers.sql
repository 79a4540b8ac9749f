{#- One row per customer whose visits, on the web or in a shop, are mostly at breakfast time. -#}
with

sessions as (
    select
        customer_id,
        started_at
    from {{ ref('fct_sessions') }}
    where
        customer_id is not null
        and started_at > {{ add_time(as_of(), -90, 'day') }}
),

store_visits as (
    select
        customer_id,
        visited_at
    from {{ ref('unified_store_visits') }}
    where
        customer_id is not null
        and visited_at > {{ add_time(as_of(), -90, 'day') }}
),

visits as (
    select
        customer_id,
        {{ utc_to_local('started_at', "'" ~ var('reporting_timezone') ~ "'") }} as visited_at_local
    from sessions

    union all

    select
        customer_id,
        {{ utc_to_local('visited_at', "'" ~ var('reporting_timezone') ~ "'") }} as visited_at_local
    from store_visits
),

counts as (
    select
        customer_id,
        count(*) as visit_count,
        sum(
            case
                when
                    hour(visited_at_local) * 60 + minute(visited_at_local) >= 360
                    and hour(visited_at_local) * 60 + minute(visited_at_local) < 630
                    then 1
                else 0
            end
        ) as breakfast_count
    from visits
    group by customer_id
),

final as (
    select customer_id
    from counts
    where
        visit_count >= 4
        and {{ wilson_lower_bound('breakfast_count', 'visit_count') }} > 0.4
)

select * from final
