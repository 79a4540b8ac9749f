{{ config(materialized='table') }}

{# One row per contact point to which anything was sent: what came of it. The first hard bounce
   counts for good; soft ones are counted since the last delivery. #}
with

unified_messages as (
    select
        contact_point,
        channel,
        outcome,
        outcome_at
    from {{ ref('unified_messages') }}
    where
        contact_point is not null
        and outcome in (
            'bounced_hard', 'bounced_soft', 'complained', 'delivered', 'clicked', 'replied'
        )
),

consent_channels as (
    select
        channel,
        contact_point_type
    from {{ ref('consent_channels') }}
),

summed_outcomes as (
    select
        consent_channels.contact_point_type,
        unified_messages.contact_point,
        min(
            case when unified_messages.outcome = 'bounced_hard' then unified_messages.outcome_at end
        ) as bounced_at,
        min(
            case when unified_messages.outcome = 'complained' then unified_messages.outcome_at end
        ) as complained_at,
        max(
            case when unified_messages.outcome = 'bounced_soft' then unified_messages.outcome_at end
        ) as last_soft_bounced_at,
        max(
            case when unified_messages.outcome = 'delivered' then unified_messages.outcome_at end
        ) as last_delivered_at,
        max(
            case
                when unified_messages.outcome in ('clicked', 'replied')
                    then unified_messages.outcome_at
            end
        ) as last_answered_at
    from unified_messages
    inner join consent_channels
        on unified_messages.channel = consent_channels.channel
    group by
        consent_channels.contact_point_type,
        unified_messages.contact_point
),

-- Few contact points bounced after their last delivery, so that only their messages are counted.
soft_bounces as (
    select
        summed_outcomes.contact_point_type,
        summed_outcomes.contact_point,
        count(*) as soft_bounces_in_a_row
    from summed_outcomes
    inner join consent_channels
        on summed_outcomes.contact_point_type = consent_channels.contact_point_type
    inner join unified_messages
        on
            summed_outcomes.contact_point = unified_messages.contact_point
            and consent_channels.channel = unified_messages.channel
    where
        unified_messages.outcome = 'bounced_soft'
        and (
            summed_outcomes.last_delivered_at is null
            or (
                summed_outcomes.last_soft_bounced_at > summed_outcomes.last_delivered_at
                and unified_messages.outcome_at > summed_outcomes.last_delivered_at
            )
        )
    group by
        summed_outcomes.contact_point_type,
        summed_outcomes.contact_point
),

final as (
    select
        summed_outcomes.contact_point_type,
        summed_outcomes.contact_point,
        cast(coalesce(soft_bounces.soft_bounces_in_a_row, 0) as bigint) as soft_bounces_in_a_row,
        summed_outcomes.bounced_at,
        summed_outcomes.complained_at,
        summed_outcomes.last_delivered_at,
        summed_outcomes.last_answered_at
    from summed_outcomes
    left join soft_bounces
        on
            summed_outcomes.contact_point_type = soft_bounces.contact_point_type
            and summed_outcomes.contact_point = soft_bounces.contact_point
)

select * from final
