-- Each pair of recency and value scores belongs to exactly one segment.
with

scores as (
    {%- for score in range(1, 6) %}
    select {{ score }} as score
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

pairs as (
    select
        recency_scores.score as recency_score,
        value_scores.score as value_score
    from scores as recency_scores
    cross join scores as value_scores
)

select
    pairs.recency_score,
    pairs.value_score,
    count(rfm_segments.segment) as segment_count
from pairs
left join {{ ref('rfm_segments') }} as rfm_segments
    on
        pairs.recency_score between rfm_segments.recency_from and rfm_segments.recency_to
        and pairs.value_score between rfm_segments.value_from and rfm_segments.value_to
group by
    pairs.recency_score,
    pairs.value_score
having count(rfm_segments.segment) <> 1
