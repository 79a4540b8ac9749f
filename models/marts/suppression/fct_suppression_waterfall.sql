{#- One row per campaign, channel and step from the gross audience to those included. -#}
with

decisions as (
    select
        campaign_key,
        campaign_id,
        channel,
        purpose,
        decision,
        first_reason,
        all_reasons
    from {{ ref('fct_contact_decisions') }}
),

suppression_reasons as (
    select
        reason_code,
        precedence
    from {{ ref('suppression_reasons') }}
),

audiences as (
    select
        campaign_key,
        campaign_id,
        channel,
        purpose,
        count(*) as audience_count,
        sum(case when decision = 'include' then 1 else 0 end) as included_count
    from decisions
    group by campaign_key, campaign_id, channel, purpose
),

{# Decisions with the same reasons are counted once, so that each reason is looked up in few
   texts. #}
outcomes as (
    select
        campaign_key,
        first_reason,
        all_reasons,
        count(*) as customer_count
    from decisions
    where decision <> 'include'
    group by campaign_key, first_reason, all_reasons
),

removals as (
    select
        outcomes.campaign_key,
        suppression_reasons.reason_code,
        sum(
            case
                when outcomes.first_reason = suppression_reasons.reason_code
                    then outcomes.customer_count
                else 0
            end
        ) as removed_count,
        sum(outcomes.customer_count) as gross_count
    from outcomes
    inner join suppression_reasons
        on
            ',' || outcomes.all_reasons || ',' like '%,' || suppression_reasons.reason_code || ',%'
    group by outcomes.campaign_key, suppression_reasons.reason_code
),

reason_steps as (
    select
        audiences.campaign_key,
        audiences.campaign_id,
        audiences.channel,
        audiences.purpose,
        suppression_reasons.reason_code as step,
        suppression_reasons.precedence as step_number,
        audiences.audience_count,
        coalesce(removals.removed_count, 0) as removed_count,
        coalesce(removals.gross_count, 0) as gross_count
    from audiences
    cross join suppression_reasons
    left join removals
        on
            audiences.campaign_key = removals.campaign_key
            and suppression_reasons.reason_code = removals.reason_code
),

running_steps as (
    select
        campaign_key,
        campaign_id,
        channel,
        purpose,
        step,
        step_number,
        removed_count,
        gross_count,
        audience_count - sum(removed_count) over (
            partition by campaign_key
            order by step_number asc
            rows between unbounded preceding and current row
        ) as remaining_count
    from reason_steps
),

end_step as (
    select max(precedence) + 1 as step_number
    from suppression_reasons
),

steps as (
    select
        campaign_key,
        campaign_id,
        channel,
        purpose,
        'audience' as step,
        0 as step_number,
        0 as removed_count,
        audience_count as gross_count,
        audience_count as remaining_count
    from audiences

    union all

    select
        campaign_key,
        campaign_id,
        channel,
        purpose,
        step,
        step_number,
        removed_count,
        gross_count,
        remaining_count
    from running_steps

    union all

    select
        audiences.campaign_key,
        audiences.campaign_id,
        audiences.channel,
        audiences.purpose,
        'included' as step,
        end_step.step_number,
        0 as removed_count,
        audiences.included_count as gross_count,
        audiences.included_count as remaining_count
    from audiences
    cross join end_step
),

final as (
    select
        cast(campaign_key || '|' || step as string) as waterfall_key,
        cast(campaign_key as string) as campaign_key,
        cast(campaign_id as string) as campaign_id,
        cast(channel as string) as channel,
        cast(purpose as string) as purpose,
        cast(step as string) as step,
        cast(step_number as bigint) as step_number,
        cast(removed_count as bigint) as removed_count,
        cast(gross_count as bigint) as gross_count,
        cast(remaining_count as bigint) as remaining_count
    from steps
)

select * from final
