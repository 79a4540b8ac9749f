{# One row per landed row of klaviyo.event by which a profile subscribes or unsubscribes. The event
   names the profile, not its address. Feeds int_klaviyo__event_consents. #}
with

events as (
    select * from {{ source('klaviyo', 'event') }}
),

acts as (
    select
        events.*,
        {{ row_as_json('events') }} as payload,
        case
            when {{ regex_matches('lower(events.type)', '^unsubscribed|opted out') }}
                then 'withdrawn'
            when {{ regex_matches('lower(events.type)', '^subscribed|^consented|opted in') }}
                then 'granted'
        end as status
    from events
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.event' as source_table,
        'event-' || {{ clean_id('acts.id') }} as source_record_id,
        {{ clean_text('acts.person_id') }} as customer_record_id,
        ---------- strings
        case when {{ klaviyo_channel('acts.type') }} = 'sms' then 'sms' else 'email' end as channel,
        'marketing' as purpose,
        acts.status,
        'consent' as legal_basis,
        {{ clean_text('acts.type') }} as capture_source,
        ---------- timestamps
        acts.datetime as captured_at,
        acts.datetime as recorded_at,
        ---------- metadata
        {{ landing_columns('acts') }},
        {{ reject_reason([
            (clean_id('acts.id') ~ ' is null', 'null key'),
            (is_bad_time('acts.datetime'), 'bad time'),
        ]) }} as reject_reason,
        acts.payload
    from acts
    where acts.status is not null and {{ clean_text('acts.person_id') }} is not null
)

select * from final
