{{ config(group='marts') }}
{# Greedy means: every candidate lies in the re-entry time of some entry, its own included. #}
select
    candidates.journey_code,
    candidates.customer_id,
    candidates.event_key
from {{ ref('int_journeys__candidates') }} as candidates
left join {{ ref('fct_journey_entries') }} as entries
    on
        candidates.journey_code = entries.journey_code
        and candidates.customer_id = entries.customer_id
        and candidates.entered_at >= entries.entered_at
        and candidates.entered_at
        < {{ add_time('entries.entered_at', 'candidates.reentry_days', 'day') }}
where entries.entry_key is null
