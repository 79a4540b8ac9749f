{#- One row per customer, channel and cap that leaves no room at as_of. A window counts calendar
    days of the reporting zone, today included: a message at 23:00 stops counting at midnight, not
    a day later. -#}
with

messages as (
    select
        message_key,
        customer_id,
        campaign_id,
        source_name,
        channel,
        purpose,
        sent_at
    from {{ ref('fct_messages') }}
    where customer_id is not null
),

campaigns as (
    select
        source_name,
        campaign_id,
        purpose
    from {{ ref('unified_campaigns') }}
),

caps as (
    select
        cap_code,
        channel,
        purpose,
        window_days,
        max_messages
    from {{ ref('frequency_caps') }}
),

contact_policies as (
    select
        channel,
        is_capped_by_any
    from {{ ref('contact_policies') }}
),

recent_messages as (
    select
        messages.message_key,
        messages.customer_id,
        messages.channel,
        coalesce(campaigns.purpose, messages.purpose, 'marketing') as purpose,
        messages.sent_at,
        {{ reporting_date('messages.sent_at') }} as sent_date
    from messages
    left join campaigns
        on
            messages.source_name = campaigns.source_name
            and messages.campaign_id = campaigns.campaign_id
    where
        messages.sent_at <= {{ as_of() }}
        and messages.sent_at > {{ add_time(as_of(), -1 - var('frequency_cap_max_days'), 'day') }}
),

counted as (
    select
        recent_messages.customer_id,
        caps.cap_code,
        caps.channel,
        caps.purpose,
        caps.window_days,
        caps.max_messages,
        recent_messages.sent_at,
        recent_messages.sent_date,
        row_number() over (
            partition by recent_messages.customer_id, caps.cap_code
            order by recent_messages.sent_at desc, recent_messages.message_key desc
        ) as recency_rank,
        count(*) over (
            partition by recent_messages.customer_id, caps.cap_code
        ) as message_count
    from recent_messages
    inner join contact_policies
        on recent_messages.channel = contact_policies.channel
    inner join caps
        on
            recent_messages.purpose = caps.purpose
            and (
                recent_messages.channel = caps.channel
                or (caps.channel = 'any' and contact_policies.is_capped_by_any)
            )
            and {{ days_between('recent_messages.sent_date', reporting_date(as_of())) }}
            < caps.window_days
),

full_caps as (
    select
        customer_id,
        cap_code,
        channel as cap_channel,
        cap_code
        || ': ' || cast(message_count as string)
        || ' of ' || cast(max_messages as string) as evidence,
        sent_at as filled_at,
        {{ reporting_day_start(
            add_time('cast(sent_date as timestamp)', 'window_days', 'day')
        ) }} as room_from
    from counted
    where
        message_count >= max_messages
        and recency_rank = max_messages
),

{# Room comes back when the message that fills the cap leaves the window. #}
final as (
    select
        full_caps.customer_id,
        contact_policies.channel,
        full_caps.cap_code,
        full_caps.evidence,
        full_caps.filled_at,
        full_caps.room_from
    from full_caps
    inner join contact_policies
        on
            full_caps.cap_channel = contact_policies.channel
            or (full_caps.cap_channel = 'any' and contact_policies.is_capped_by_any)
)

select * from final
