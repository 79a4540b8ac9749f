{# Entries of a customer are numbered without gaps, at least the re-entry days apart, never two
   at a time, and an event starts a journey once. #}
with

entries as (
    select
        entries.journey_code,
        entries.customer_id,
        entries.trigger_event_id,
        entries.entry_seq,
        entries.entered_at,
        entries.exited_at,
        journeys.reentry_days,
        lag(entries.entered_at) over (
            partition by entries.journey_code, entries.customer_id
            order by entries.entry_seq
        ) as previous_entered_at,
        row_number() over (
            partition by entries.journey_code, entries.customer_id
            order by entries.entered_at
        ) as position_in_time,
        count(*) over (
            partition by entries.journey_code, entries.trigger_event_id
        ) as entries_of_event
    from {{ ref('fct_journey_entries') }} as entries
    inner join {{ ref('journeys') }} as journeys
        on entries.journey_code = journeys.journey_code
)

select
    journey_code,
    customer_id,
    entry_seq
from entries
where
    entered_at < {{ add_time('previous_entered_at', 'reentry_days', 'day') }}
    or position_in_time <> entry_seq
    or entries_of_event > 1
    or exited_at < entered_at
