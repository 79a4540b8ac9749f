{# A customer with as many messages in the window as the cap allows is deferred or suppressed, never
   included: counted here from the messages, day by day of the reporting zone. #}
with

messages as (
    select
        messages.customer_id,
        messages.channel,
        coalesce(campaigns.purpose, messages.purpose, 'marketing') as purpose,
        {{ reporting_date('messages.sent_at') }} as sent_date
    from {{ ref('fct_messages') }} as messages
    left join {{ ref('unified_campaigns') }} as campaigns
        on
            messages.source_name = campaigns.source_name
            and messages.campaign_id = campaigns.campaign_id
    where messages.sent_at <= {{ as_of() }}
),

sent as (
    select
        messages.customer_id,
        caps.cap_code,
        caps.channel,
        max(caps.max_messages) as max_messages,
        count(*) as message_count
    from messages
    inner join {{ ref('frequency_caps') }} as caps
        on
            messages.purpose = caps.purpose
            and messages.channel = caps.channel
            and {{ days_between('messages.sent_date', reporting_date(as_of())) }} < caps.window_days
    group by messages.customer_id, caps.cap_code, caps.channel
)

select
    decisions.decision_key,
    sent.cap_code,
    sent.message_count
from {{ ref('fct_contact_decisions') }} as decisions
inner join sent
    on
        decisions.customer_id = sent.customer_id
        and decisions.channel = sent.channel
where
    decisions.decision = 'include'
    and decisions.purpose = 'marketing'
    and sent.message_count >= sent.max_messages
