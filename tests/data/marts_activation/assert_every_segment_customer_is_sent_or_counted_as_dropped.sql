{# Segment = sent + dropped, for each audience. #}
with

segment_counts as (
    select
        audiences.audience,
        count(segment_customers.customer_id) as customer_count
    from {{ ref('activation_audiences') }} as audiences
    left join {{ ref('bridge_segment_customers') }} as segment_customers
        on audiences.segment_code = segment_customers.segment_code
    group by audiences.audience
),

outcome_counts as (
    select
        audience,
        sum(customer_count) as customer_count
    from {{ ref('fct_activation_outcomes') }}
    group by audience
)

select
    segment_counts.audience,
    segment_counts.customer_count,
    outcome_counts.customer_count as accounted_count
from segment_counts
left join outcome_counts
    on segment_counts.audience = outcome_counts.audience
where segment_counts.customer_count <> coalesce(outcome_counts.customer_count, 0)
