{# Nobody is included who on the day that the campaign goes out has had as many messages in a
   window as a cap allows: counted here from the messages, by calendar day of the reporting zone. #}
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
)

select
    decisions.decision_key,
    caps.cap_code,
    count(*) as message_count
from {{ ref('fct_contact_decisions') }} as decisions
inner join {{ ref('contact_policies') }} as policies
    on decisions.channel = policies.channel
inner join {{ ref('frequency_caps') }} as caps
    on
        decisions.purpose = caps.purpose
        and (
            decisions.channel = caps.channel
            or (caps.channel = 'any' and policies.is_capped_by_any)
        )
inner join messages
    on
        decisions.customer_id = messages.customer_id
        and caps.purpose = messages.purpose
        and (caps.channel = 'any' or caps.channel = messages.channel)
        and {{ days_between('messages.sent_date', reporting_date('decisions.planned_at')) }}
        < caps.window_days
where decisions.decision = 'include'
group by decisions.decision_key, caps.cap_code
having count(*) >= max(caps.max_messages)
