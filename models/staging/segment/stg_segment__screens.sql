{# One row per landed screen call, as a page view of the app. #}
with

screens as (
    select * from {{ source('segment', 'screens') }}
),

final as (
    select
        ---------- ids
        'segment' as source_name,
        'segment.screens' as source_table,
        {{ clean_id('screens.id') }} as source_record_id,
        {{ clean_id('screens.id') }} as event_id,
        {{ clean_text('screens.anonymous_id') }} as anonymous_id,
        coalesce(
            {{ clean_text('screens.context_device_id') }},
            {{ clean_text('screens.context_device_advertising_id') }}
        ) as device_id,
        {{ clean_text('screens.user_id') }} as user_id,

        ---------- strings
        'page_view' as event_type,
        'app' as channel,
        {{ clean_text('screens.context_campaign_source') }} as utm_source,
        {{ clean_text('screens.context_campaign_medium') }} as utm_medium,
        {{ clean_text('screens.context_campaign_name') }} as utm_campaign,
        {{ clean_text('screens.context_user_agent') }} as user_agent,
        {{ json_object([
            ('name', clean_text('screens.name')),
            ('app', clean_text('screens.context_app_name')),
        ]) }} as properties,

        ---------- timestamps
        screens.timestamp as occurred_at,
        screens.received_at,

        ---------- metadata
        coalesce(screens.received_at, screens.timestamp) as recorded_at,
        {{ landing_columns('screens') }},
        {{ reject_reason([
            (clean_id('screens.id') ~ ' is null', 'null key'),
            (is_bad_time('screens.timestamp'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('screens') }} as payload
    from screens
)

select * from final
