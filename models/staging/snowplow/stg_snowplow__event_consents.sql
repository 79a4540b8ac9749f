{# One row per landed decision at the consent banner and purpose that it decides, where the loader
   keeps the decision in a column of the event. It is about what site and app may store and track.
   #}
with

events as (
    select * from {{ source('snowplow', 'events') }}
),

read_decisions as (
    select
        {{ clean_id('events.event_id') }} as event_id,
        {{ clean_text('events.user_id') }} as user_id,
        coalesce(
            {{ clean_text('events.domain_userid') }},
            {{ snowplow_text(
                'events', 'contexts_com_snowplowanalytics_snowplow_client_session', 'userId'
            ) }}
        ) as anonymous_id,
        {%- for column, key in {
            'event_type': 'eventType',
            'consent_scopes': 'consentScopes',
            'consent_version': 'consentVersion',
            'basis_for_processing': 'basisForProcessing',
        }.items() %}
        {{ snowplow_text(
            'events', 'unstruct_event_com_snowplowanalytics_snowplow_consent_preferences', key
        ) }} as {{ column }},
        {%- endfor %}
        coalesce(events.derived_tstamp, events.dvce_created_tstamp, events.collector_tstamp)
            as captured_at,
        coalesce(events.load_tstamp, events.collector_tstamp) as recorded_at,
        {{ landing_columns('events') }},
        {{ row_as_json('events') }} as payload
    from events
    where
        {{ snowplow_json(
            'events', 'unstruct_event_com_snowplowanalytics_snowplow_consent_preferences'
        ) }} is not null
),

decisions as (
    {%- for purpose, words in snowplow_purposes().items() %}
    select
        read_decisions.*,
        '{{ purpose }}' as purpose,
        {{ snowplow_consent(
            'read_decisions.event_type', 'read_decisions.consent_scopes', words
        ) }} as status
    from read_decisions
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        ---------- ids
        'snowplow' as source_name,
        'snowplow.events' as source_table,
        'event-' || event_id || '-' || purpose as source_record_id,
        'user-' || user_id as customer_record_id,
        user_id,
        anonymous_id,

        ---------- strings
        'web' as channel,
        purpose,
        status,
        {{ snowplow_legal_basis('basis_for_processing') }} as legal_basis,
        'consent banner' as capture_source,
        consent_version as text_version,

        ---------- timestamps
        captured_at,

        ---------- metadata
        recorded_at,
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        {{ reject_reason([
            ('event_id is null', 'null key'),
            (is_bad_time('captured_at'), 'bad time'),
        ]) }} as reject_reason,
        payload
    from decisions
    where status is not null
)

select * from final
