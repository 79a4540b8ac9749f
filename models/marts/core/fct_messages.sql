{# One row per message, its outcomes side by side. The contact point stays in the customer room.
   #}
with

unified_messages as (
    select
        customer_id,
        source_name,
        source_record_id,
        coalesce(message_id, source_record_id) as message_id,
        campaign_id,
        channel,
        outcome,
        purpose,
        unit_cost,
        outcome_at
    from {{ ref('unified_messages') }}
),

final as (
    select
        source_name || '|' || message_id as message_key,
        max(customer_id) as customer_id,
        source_name,
        message_id,
        max(campaign_id) as campaign_id,
        max(channel) as channel,
        max(purpose) as purpose,
        case
            when max(case when outcome = 'bounced_hard' then 1 else 0 end) = 1 then 'hard'
            when max(case when outcome = 'bounced_soft' then 1 else 0 end) = 1 then 'soft'
        end as bounce_type,
        cast(max(unit_cost) as decimal(18, 4)) as unit_cost,
        -- A source that only reports what became of a message still sent it.
        coalesce(min(case when outcome = 'sent' then outcome_at end), min(outcome_at)) as sent_at,
        min(case when outcome = 'delivered' then outcome_at end) as delivered_at,
        min(case when outcome = 'opened' then outcome_at end) as opened_at,
        min(case when outcome = 'clicked' then outcome_at end) as clicked_at,
        min(case when outcome = 'replied' then outcome_at end) as replied_at,
        min(case when outcome in ('bounced_hard', 'bounced_soft') then outcome_at end)
            as bounced_at,
        min(case when outcome = 'complained' then outcome_at end) as complained_at,
        min(case when outcome = 'unsubscribed' then outcome_at end) as unsubscribed_at
    from unified_messages
    group by
        source_name,
        message_id
)

select * from final
