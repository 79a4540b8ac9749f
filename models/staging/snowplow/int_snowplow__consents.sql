{# One row per accepted landed row of a decision at the consent banner and purpose that it decides,
   with the visitor of its event. An event that lands later brings the decision again. #}
with

stg_snowplow__consent_preferences as (
    select * from {{ ref('stg_snowplow__consent_preferences') }}
    where reject_reason is null
),

stg_snowplow__events as (
    select * from {{ ref('stg_snowplow__events') }}
),

latest_events as (
    {{ latest_version(
        'stg_snowplow__events',
        'event_id',
        ['user_id', 'anonymous_id'],
        'event_id in (select decided.event_id from stg_snowplow__consent_preferences as decided)'
    ) }}
),

versions as (
    select
        stg_snowplow__consent_preferences.*,
        max(stg_snowplow__consent_preferences.batch_id) over (
            partition by stg_snowplow__consent_preferences.source_record_id
        ) as last_batch_id
    from stg_snowplow__consent_preferences
),

decisions as (
    {%- for purpose in snowplow_purposes() %}
    select
        versions.*,
        '{{ purpose }}' as purpose,
        versions.{{ purpose }}_status as status
    from versions
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        ---------- ids
        decisions.source_name,
        decisions.source_table,
        'preferences-' || decisions.event_id || '-' || decisions.purpose as source_record_id,
        'user-' || latest_events.user_id as customer_record_id,
        latest_events.user_id,
        latest_events.anonymous_id,

        ---------- strings
        'web' as channel,
        decisions.purpose,
        decisions.status,
        decisions.legal_basis,
        'consent banner' as capture_source,
        decisions.text_version,

        ---------- timestamps
        decisions.captured_at,
        decisions.recorded_at,

        ---------- metadata
        greatest(
            decisions.last_batch_id, coalesce(latest_events.last_batch_id, 0)
        ) as batch_id,
        decisions.batch_id as first_batch_id,
        decisions.landed_at,
        decisions.landed_file,
        decisions.landed_row,
        decisions.reject_reason,
        decisions.payload
    from decisions
    left join latest_events on decisions.event_id = latest_events.event_id
    where decisions.status is not null
)

select * from final
