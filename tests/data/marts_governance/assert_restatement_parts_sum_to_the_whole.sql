{{ config(group='marts') }}

{# What was published before, and the parts of the change, make what the marts say now. The marts
   are summed here anew, not by the units that the parts are made of. #}
with

measured as (
    select
        'active_customers' as metric,
        'all' as dimension,
        cast(count(*) as decimal(18, 2)) as metric_value
    from {{ ref('dim_customers') }} as customers
    cross join {{ ref('published_metrics') }} as metrics
    where
        metrics.metric = 'active_customers'
        and customers.population = 'customer'
        and customers.last_order_at
        > {{ add_time(as_of(), '-metrics.window_days', 'day') }}

    union all

    select
        'revenue' as metric,
        left(cast(order_date as string), 7) as dimension,
        sum(net_amount_reporting) as metric_value
    from {{ ref('fct_orders') }}
    where is_kept
    group by left(cast(order_date as string), 7)

    union all

    select
        'loyalty_members' as metric,
        programme || '|' || coalesce(tier_code, 'none') as dimension,
        count(*) as metric_value
    from {{ ref('dim_loyalty_members') }}
    where population = 'customer'
    group by
        programme,
        tier_code

    union all

    select
        'contactable_customers' as metric,
        channel as dimension,
        count(*) as metric_value
    from {{ ref('fct_contactability') }}
    where is_contactable
    group by channel
),

compared_builds as (
    select * from {{ ref('int_governance__compared_builds') }}
),

explained as (
    select
        units.metric,
        units.dimension,
        units.metric_value
    from {{ ref('int_governance__published_units') }} as units
    inner join compared_builds
        on units.publication_number = compared_builds.previous_number

    union all

    select
        restatements.metric,
        restatements.dimension,
        restatements.value_change as metric_value
    from {{ ref('fct_metric_restatements') }} as restatements
    inner join compared_builds
        on restatements.publication_number = compared_builds.publication_number
),

explained_wholes as (
    select
        metric,
        dimension,
        sum(metric_value) as metric_value
    from explained
    group by
        metric,
        dimension
)

select
    coalesce(measured.metric, explained_wholes.metric) as metric,
    coalesce(measured.dimension, explained_wholes.dimension) as dimension,
    measured.metric_value as measured_value,
    explained_wholes.metric_value as explained_value
from measured
full outer join explained_wholes
    on
        measured.metric = explained_wholes.metric
        and measured.dimension = explained_wholes.dimension
where
    exists (select 1 from compared_builds)
    and coalesce(measured.metric_value, 0) <> coalesce(explained_wholes.metric_value, 0)
