{# Whoever is included is on no list for the whole person or channel. Rows about one address or
   one product are left to the decision, which may use another address and promotes what it
   promotes. #}
select
    decisions.customer_id,
    decisions.campaign_key,
    suppressions.reason_code
from {{ ref('fct_contact_decisions') }} as decisions
inner join {{ ref('fct_suppressions') }} as suppressions
    on
        decisions.customer_id = suppressions.customer_id
        and (suppressions.channel = 'all' or decisions.channel = suppressions.channel)
where
    decisions.decision = 'include'
    and suppressions.scope in ('person', 'channel')
    and (suppressions.valid_to is null or suppressions.valid_to > decisions.planned_at)
    and (
        decisions.purpose <> 'transactional'
        or (suppressions.purpose = 'all' and suppressions.hardness = 'hard')
    )
