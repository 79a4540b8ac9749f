{#- One row per campaign still to be sent and customer it is meant for: its targets, or without
    targets every known customer with a contact point for its channel. -#}
with

unified_campaigns as (
    select
        source_name,
        campaign_id,
        name,
        channel,
        purpose,
        product_ids,
        status,
        priority,
        starts_at,
        ends_at
    from {{ ref('unified_campaigns') }}
    where channel is not null
),

unified_campaign_targets as (
    select
        customer_id,
        source_name,
        campaign_id
    from {{ ref('unified_campaign_targets') }}
),

contact_points as (
    select
        customer_id,
        channel
    from {{ ref('int_suppression__contact_points') }}
    where contact_point_rank = 1
),

unified_customers as (
    select customer_id
    from {{ ref('unified_customers') }}
    where not is_anonymous
),

{# Bounded by status and by time: campaigns of the past are history, drafts without a date are
   plans. #}
open_campaigns as (
    select
        source_name || '|' || campaign_id as campaign_key,
        source_name,
        campaign_id,
        channel,
        coalesce(purpose, 'marketing') as purpose,
        product_ids,
        greatest(starts_at, {{ as_of() }}) as planned_at
    from unified_campaigns
    where
        status <> 'archived'
        and (
            (
                status in ('draft', 'scheduled')
                and (ends_at is null or ends_at > {{ as_of() }})
                and (
                    starts_at is null
                    or starts_at between
                    {{ add_time(as_of(), -var('decision_horizon_days'), 'day') }}
                    and {{ add_time(as_of(), var('decision_horizon_days'), 'day') }}
                )
            )
            or (
                starts_at <= {{ as_of() }}
                and ends_at > {{ as_of() }}
            )
        )
),

targets as (
    select
        open_campaigns.campaign_key,
        unified_campaign_targets.customer_id
    from unified_campaign_targets
    inner join open_campaigns
        on
            unified_campaign_targets.source_name = open_campaigns.source_name
            and unified_campaign_targets.campaign_id = open_campaigns.campaign_id
    inner join unified_customers
        on unified_campaign_targets.customer_id = unified_customers.customer_id
    group by open_campaigns.campaign_key, unified_campaign_targets.customer_id
),

targeted_campaigns as (
    select campaign_key
    from targets
    group by campaign_key
),

audiences as (
    select
        campaign_key,
        customer_id
    from targets

    union all

    select
        open_campaigns.campaign_key,
        contact_points.customer_id
    from open_campaigns
    inner join contact_points
        on open_campaigns.channel = contact_points.channel
    left join targeted_campaigns
        on open_campaigns.campaign_key = targeted_campaigns.campaign_key
    where targeted_campaigns.campaign_key is null
),

final as (
    select
        audiences.campaign_key,
        audiences.customer_id,
        open_campaigns.campaign_id,
        open_campaigns.channel,
        open_campaigns.purpose,
        open_campaigns.product_ids,
        open_campaigns.planned_at
    from audiences
    inner join open_campaigns
        on audiences.campaign_key = open_campaigns.campaign_key
)

select * from final
