-- A grant is shown with the act that gave it: no consent exists without one, and none from the
-- future.
select
    customer_id,
    contact_point,
    channel,
    purpose
from {{ ref('unified_consents') }}
where
    source_record_id is null
    or decided_at > {{ as_of() }}
    or (status = 'granted' and evidence_type <> 'consent')
