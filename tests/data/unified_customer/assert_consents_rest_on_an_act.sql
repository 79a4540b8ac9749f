-- A grant is shown with the act that gave it, a permission with the purchase; no consent exists
-- without one, and none from the future. A permission has a rule in its market and an end, unless a
-- source stated it.
select
    customer_id,
    contact_point,
    channel,
    purpose
from {{ ref('unified_consents') }}
where
    decided_at > {{ as_of() }}
    or (status = 'granted' and (evidence_type <> 'consent' or legal_basis <> 'consent'))
    or (status = 'permitted' and legal_basis = 'consent')
    or (status = 'permitted' and evidence_type = 'purchase' and valid_until is null)
    or (status = 'withdrawn' and evidence_type = 'purchase')
