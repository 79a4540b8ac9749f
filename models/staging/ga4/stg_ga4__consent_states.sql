{# One row per landed event that says, of a visitor who can be known again, what the browser or app
   may store. It is a state that every event repeats; int_ga4__consents makes acts of its changes.
   Only Yes and No count: a site that asks nobody sends neither. #}
with

events as (
    select * from {{ source('ga4', 'events') }}
),

read_states as (
    select
        {{ clean_text('events.user_pseudo_id') }} as anonymous_id,
        {{ clean_text('events.user_id') }} as user_id,
        case
            -- Such a token stands in for the cookie that a visitor has refused.
            when lower(events.privacy_info.uses_transient_token) = 'yes' then 'withdrawn'
            else {{ ga4_consent('events.privacy_info.analytics_storage') }}
        end as profiling_status,
        {{ ga4_consent('events.privacy_info.ads_storage') }} as marketing_status,
        case
            when events.event_timestamp between -2208988800000000 and 4102444799999999
                then {{ timestamp_from_micros('events.event_timestamp') }}
        end as captured_at,
        {{ landing_columns('events') }},
        {{ row_as_json('events') }} as payload
    from events
),

final as (
    select
        ---------- ids
        'ga4' as source_name,
        'ga4.events' as source_table,
        anonymous_id,
        user_id,

        ---------- strings
        profiling_status,
        marketing_status,

        ---------- timestamps
        captured_at,

        ---------- metadata
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        {{ reject_reason([(is_bad_time('captured_at'), 'bad time')]) }} as reject_reason,
        payload
    from read_states
    where
        coalesce(anonymous_id, user_id) is not null
        and coalesce(profiling_status, marketing_status) is not null
)

select * from final
