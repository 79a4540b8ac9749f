{# Consent, or a permission of the market where the channel does without, is checked against the
   consents themselves, not against the reasons made from them. #}
with

granted as (
    select
        consents.customer_id,
        policies.channel
    from {{ ref('unified_consents') }} as consents
    inner join {{ ref('contact_policies') }} as policies
        on
            consents.channel = policies.consent_channel
            and (consents.status = 'granted' or not policies.needs_consent)
    where
        consents.purpose = 'marketing'
        and consents.brand = '*'
        and consents.status in ('granted', 'permitted')
    group by consents.customer_id, policies.channel
)

select
    decisions.customer_id,
    decisions.campaign_key,
    decisions.decision
from {{ ref('fct_contact_decisions') }} as decisions
left join granted
    on
        decisions.customer_id = granted.customer_id
        and decisions.channel = granted.channel
where
    decisions.decision in ('include', 'defer')
    and decisions.purpose <> 'transactional'
    and granted.customer_id is null
