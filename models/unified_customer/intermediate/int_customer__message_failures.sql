{{ config(materialized='table') }}

{# One row per contact point at which a message bounced or drew a complaint. The first hard bounce
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
        and outcome in ('bounced_hard', 'bounced_soft', 'complained', 'delivered')
),

consent_channels as (
    select
        channel,
        contact_point_type
    from {{ ref('consent_channels') }}
),

outcomes as (
    select
        consent_channels.contact_point_type,
        unified_messages.contact_point,
        unified_messages.outcome,
        unified_messages.outcome_at
    from unified_messages
    inner join consent_channels
        on unified_messages.channel = consent_channels.channel
),

failing_points as (
    select
        contact_point_type,
        contact_point,
        min(case when outcome = 'bounced_hard' then outcome_at end) as bounced_at,
        min(case when outcome = 'complained' then outcome_at end) as complained_at
    from outcomes
    where outcome <> 'delivered'
    group by
        contact_point_type,
        contact_point
),

last_deliveries as (
    select
        outcomes.contact_point_type,
        outcomes.contact_point,
        max(outcomes.outcome_at) as delivered_at
    from outcomes
    inner join failing_points
        on
            outcomes.contact_point_type = failing_points.contact_point_type
            and outcomes.contact_point = failing_points.contact_point
    where outcomes.outcome = 'delivered'
    group by
        outcomes.contact_point_type,
        outcomes.contact_point
),

soft_bounces as (
    select
        outcomes.contact_point_type,
        outcomes.contact_point,
        count(*) as soft_bounces_in_a_row
    from outcomes
    left join last_deliveries
        on
            outcomes.contact_point_type = last_deliveries.contact_point_type
            and outcomes.contact_point = last_deliveries.contact_point
    where
        outcomes.outcome = 'bounced_soft'
        and (
            last_deliveries.delivered_at is null
            or outcomes.outcome_at > last_deliveries.delivered_at
        )
    group by
        outcomes.contact_point_type,
        outcomes.contact_point
),

final as (
    select
        failing_points.contact_point_type,
        failing_points.contact_point,
        cast(coalesce(soft_bounces.soft_bounces_in_a_row, 0) as bigint) as soft_bounces_in_a_row,
        failing_points.bounced_at,
        failing_points.complained_at
    from failing_points
    left join soft_bounces
        on
            failing_points.contact_point_type = soft_bounces.contact_point_type
            and failing_points.contact_point = soft_bounces.contact_point
)

select * from final
