{#- One row per marketing message that went to a contact point without consent: judged by what the
    company knew when it sent, and by what it has learnt since about that moment. -#}
with

unified_messages as (
    select
        customer_id,
        source_name,
        coalesce(message_id, source_record_id) as message_id,
        campaign_id,
        contact_point,
        channel,
        purpose,
        outcome_at
    from {{ ref('unified_messages') }}
    where
        customer_id is not null
        and contact_point is not null
        and outcome in ('sent', 'delivered')
),

unified_campaigns as (
    select
        source_name,
        campaign_id,
        purpose
    from {{ ref('unified_campaigns') }}
),

unified_consent_history as (
    select
        customer_id,
        contact_point,
        channel,
        status,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as timestamp)) as valid_to,
        known_from,
        coalesce(known_to, cast('9999-12-31' as timestamp)) as known_to
    from {{ ref('unified_consent_history') }}
    where
        purpose = 'marketing'
        and brand = '*'
),

contact_policies as (
    select
        channel,
        consent_channel
    from {{ ref('contact_policies') }}
),

sends as (
    select
        unified_messages.source_name || '|' || unified_messages.message_id as message_key,
        unified_messages.customer_id,
        unified_messages.contact_point,
        unified_messages.channel,
        contact_policies.consent_channel,
        max(unified_messages.campaign_id) as campaign_id,
        min(unified_messages.outcome_at) as sent_at
    from unified_messages
    inner join contact_policies
        on unified_messages.channel = contact_policies.channel
    left join unified_campaigns
        on
            unified_messages.source_name = unified_campaigns.source_name
            and unified_messages.campaign_id = unified_campaigns.campaign_id
    where coalesce(unified_campaigns.purpose, unified_messages.purpose, 'marketing') = 'marketing'
    group by
        unified_messages.source_name || '|' || unified_messages.message_id,
        unified_messages.customer_id,
        unified_messages.contact_point,
        unified_messages.channel,
        contact_policies.consent_channel
),

{# At the moment of the send there is one answer at most as known then, and one as known now. #}
answers as (
    select
        sends.message_key,
        max(
            case
                when
                    sends.sent_at >= unified_consent_history.known_from
                    and sends.sent_at < unified_consent_history.known_to
                    then unified_consent_history.status
            end
        ) as known_status,
        max(
            case
                when unified_consent_history.known_to = cast('9999-12-31' as timestamp)
                    then unified_consent_history.status
            end
        ) as held_status
    from sends
    inner join unified_consent_history
        on
            sends.customer_id = unified_consent_history.customer_id
            and sends.contact_point = unified_consent_history.contact_point
            and sends.consent_channel = unified_consent_history.channel
            and sends.sent_at >= unified_consent_history.valid_from
            and sends.sent_at < unified_consent_history.valid_to
    group by sends.message_key
),

judged as (
    select
        sends.message_key,
        sends.customer_id,
        sends.channel,
        sends.campaign_id,
        sends.sent_at,
        coalesce(answers.known_status, 'none') as known_status,
        coalesce(answers.held_status, 'none') as held_status
    from sends
    left join answers
        on sends.message_key = answers.message_key
),

final as (
    select
        cast(message_key as string) as message_key,
        cast(customer_id as string) as customer_id,
        cast(campaign_id as string) as campaign_id,
        cast(channel as string) as channel,
        cast(known_status as string) as known_status,
        cast(held_status as string) as held_status,
        cast(
            case
                when known_status in ('granted', 'permitted') then 'refusal_learnt_later'
                when held_status in ('granted', 'permitted') then 'consent_recorded_later'
                when known_status = 'withdrawn' then 'sent_against_refusal'
                else 'sent_without_consent'
            end as string
        ) as finding,
        cast(sent_at as timestamp) as sent_at
    from judged
    where
        known_status in ('none', 'withdrawn')
        or held_status in ('none', 'withdrawn')
)

select * from final
