{# One default programme; in each programme one tier of threshold 0 and thresholds that rise with
   the tiers. #}
with

ordered_tiers as (
    select
        programme,
        tier_sequence,
        threshold,
        lag(threshold) over (partition by programme order by tier_sequence) as lower_threshold
    from {{ ref('tiers') }}
)

select
    programmes.programme,
    'lowest tier' as claim
from {{ ref('programmes') }} as programmes
left join ordered_tiers
    on
        programmes.programme = ordered_tiers.programme
        and ordered_tiers.threshold = 0
group by programmes.programme
having count(ordered_tiers.programme) <> 1

union all

select
    programme,
    'rising thresholds' as claim
from ordered_tiers
where threshold <= lower_threshold

union all

select
    max(programme) as programme,
    'one default' as claim
from {{ ref('programmes') }}
having sum(case when is_default then 1 else 0 end) <> 1
