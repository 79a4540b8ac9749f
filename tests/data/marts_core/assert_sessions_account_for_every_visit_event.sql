-- Every tracked web or app event of a customer is in exactly one session, and no session contains a
-- silence longer than the limit or starts within it of the one before.
with

fct_sessions as (
    select
        session_key,
        customer_id,
        source_name,
        event_count,
        duration_seconds,
        started_at,
        ended_at,
        lag(ended_at) over (partition by customer_id, source_name order by started_at)
            as previous_ended_at
    from {{ ref('fct_sessions') }}
),

counted as (
    select
        (
            select count(*)
            from {{ ref('unified_events') }}
            where
                customer_id is not null
                and channel in ('web', 'app')
                and coalesce(anonymous_id, device_id, session_key) is not null
        ) as visit_events,
        (select coalesce(sum(event_count), 0) from fct_sessions) as session_events
)

select
    'events' as broken,
    cast(visit_events as string) as expected,
    cast(session_events as string) as found
from counted
where visit_events <> session_events

union all

select
    session_key as broken,
    cast(previous_ended_at as string) as expected,
    cast(started_at as string) as found
from fct_sessions
where
    {{ seconds_between('previous_ended_at', 'started_at') }} <= {{ var('session_gap_seconds') }}
    or duration_seconds > (event_count - 1) * {{ var('session_gap_seconds') }}
