{# One row per landed page call, as an event. #}
with

pages as (
    select * from {{ source('segment', 'pages') }}
),

final as (
    select
        ---------- ids
        'segment' as source_name,
        'segment.pages' as source_table,
        {{ clean_id('pages.id') }} as source_record_id,
        {{ clean_id('pages.id') }} as event_id,
        {{ clean_text('pages.anonymous_id') }} as anonymous_id,
        {{ clean_text('pages.context_device_id') }} as device_id,
        {{ clean_text('pages.user_id') }} as user_id,

        ---------- strings
        'page_view' as event_type,
        {{ segment_channel('pages') }} as channel,
        coalesce({{ clean_text('pages.url') }}, {{ clean_text('pages.path') }}) as page_url,
        {{ clean_text('pages.referrer') }} as referrer,
        {{ clean_text('pages.context_campaign_source') }} as utm_source,
        {{ clean_text('pages.context_campaign_medium') }} as utm_medium,
        {{ clean_text('pages.context_campaign_name') }} as utm_campaign,
        {{ clean_text('pages.context_user_agent') }} as user_agent,
        {{ json_object([
            ('name', clean_text('pages.name')),
            ('path', clean_text('pages.path')),
            ('search', clean_text('pages.search')),
            ('title', clean_text('pages.title')),
        ]) }} as properties,

        ---------- timestamps
        pages.timestamp as occurred_at,
        pages.received_at,

        ---------- metadata
        coalesce(pages.received_at, pages.timestamp) as recorded_at,
        {{ landing_columns('pages') }},
        {{ reject_reason([
            (clean_id('pages.id') ~ ' is null', 'null key'),
            (is_bad_time('pages.timestamp'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('pages') }} as payload
    from pages
)

select * from final
