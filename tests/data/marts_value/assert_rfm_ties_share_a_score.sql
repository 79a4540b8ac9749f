-- Equal values have equal scores, and a better value never has a worse score.
with

measures as (
    select
        'recency' as measure,
        cast(-recency_days as double) as value,
        recency_score as score
    from {{ ref('fct_customer_rfm') }}

    union all

    select
        'frequency' as measure,
        cast(frequency as double) as value,
        frequency_score as score
    from {{ ref('fct_customer_rfm') }}

    union all

    select
        'monetary' as measure,
        cast(monetary_net as double) as value,
        monetary_score as score
    from {{ ref('fct_customer_rfm') }}
),

scores_of_values as (
    select
        measure,
        value,
        min(score) as least_score,
        max(score) as highest_score
    from measures
    group by
        measure,
        value
),

neighbours as (
    select
        measure,
        value,
        least_score,
        highest_score,
        lag(highest_score) over (partition by measure order by value) as score_below
    from scores_of_values
)

select
    measure,
    value
from neighbours
where
    least_score <> highest_score
    or score_below > least_score
