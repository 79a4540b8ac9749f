{# A timeout longer than the re-entry time would let a customer be in a journey twice. #}
select
    journey_code,
    reentry_days,
    timeout_days
from {{ ref('journeys') }}
where timeout_days > reentry_days
