{# Each publication's parts sum to its change, and it begins with the value at which the last change
   of the metric and dimension ended. #}
with

changes as (
    select
        metric,
        dimension,
        publication_number,
        min(value_before) as value_before,
        max(value_after) as value_after,
        sum(value_change) as value_change,
        min(value_before) <> max(value_before) or min(value_after) <> max(value_after)
            as is_contradictory
    from {{ ref('fct_metric_restatements') }}
    group by
        metric,
        dimension,
        publication_number
),

sequence as (
    select
        metric,
        dimension,
        publication_number,
        value_before,
        value_after,
        value_change,
        is_contradictory,
        lag(value_after) over (
            partition by metric, dimension
            order by publication_number
        ) as last_value_after
    from changes
)

select *
from sequence
where
    is_contradictory
    or value_before + value_change <> value_after
    or value_before <> coalesce(last_value_after, value_before)
