{# Included without a reason; not included with one; the first of all reasons is the first
   reason. #}
select
    decision_key,
    decision,
    first_reason,
    all_reasons
from {{ ref('fct_contact_decisions') }}
where
    (decision = 'include') <> (first_reason is null)
    or (decision = 'include') <> (all_reasons is null)
    or all_reasons || ',' not like first_reason || ',%'
    or (decision = 'defer' and next_eligible_at is null)
    or next_eligible_at <= {{ as_of() }}
