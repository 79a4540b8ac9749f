{# Audience = removed in all steps + included, for each campaign; and each step takes its part
   off the last. #}
with

steps as (
    select
        campaign_key,
        step,
        step_number,
        removed_count,
        gross_count,
        remaining_count,
        lag(remaining_count) over (partition by campaign_key order by step_number)
            as remaining_before
    from {{ ref('fct_suppression_waterfall') }}
),

decisions as (
    select
        campaign_key,
        count(*) as audience_count,
        sum(case when decision = 'include' then 1 else 0 end) as included_count
    from {{ ref('fct_contact_decisions') }}
    group by campaign_key
),

totals as (
    select
        campaign_key,
        sum(removed_count) as removed_count,
        max(case when step = 'audience' then remaining_count end) as audience_count,
        max(case when step = 'included' then remaining_count end) as included_count
    from steps
    group by campaign_key
)

select
    campaign_key,
    step
from steps
where
    step <> 'audience'
    and (
        remaining_count <> remaining_before - removed_count
        or removed_count > gross_count
        or remaining_count < 0
    )

union all

select
    coalesce(totals.campaign_key, decisions.campaign_key) as campaign_key,
    'total' as step
from totals
full outer join decisions
    on totals.campaign_key = decisions.campaign_key
where
    totals.campaign_key is null
    or decisions.campaign_key is null
    or totals.audience_count <> decisions.audience_count
    or totals.included_count <> decisions.included_count
    or totals.audience_count <> totals.removed_count + totals.included_count
