{# One row per landed row of snowplow.consent_preferences: a decision at the consent banner, where
   the loader keeps it in a table of its own. Whose it is stands on the event;
   int_snowplow__consents brings both together. #}
with

consent_preferences as (
    select * from {{ source('snowplow', 'consent_preferences') }}
),

final as (
    select
        ---------- ids
        'snowplow' as source_name,
        'snowplow.consent_preferences' as source_table,
        {{ clean_id('consent_preferences.root_id') }} as source_record_id,
        {{ clean_id('consent_preferences.root_id') }} as event_id,

        ---------- strings
        {%- for purpose, words in snowplow_purposes().items() %}
        {{ snowplow_consent(
            'consent_preferences.event_type', 'consent_preferences.consent_scopes', words
        ) }} as {{ purpose }}_status,
        {%- endfor %}
        {{ snowplow_legal_basis(clean_text('consent_preferences.basis_for_processing')) }}
            as legal_basis,
        {{ clean_text('consent_preferences.consent_version') }} as text_version,

        ---------- timestamps
        consent_preferences.root_tstamp as captured_at,

        ---------- metadata
        consent_preferences.root_tstamp as recorded_at,
        {{ landing_columns('consent_preferences') }},
        {{ reject_reason([
            (clean_id('consent_preferences.root_id') ~ ' is null', 'null key'),
            (is_bad_time('consent_preferences.root_tstamp'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('consent_preferences') }} as payload
    from consent_preferences
)

select * from final
