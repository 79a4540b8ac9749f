{# One row per landed click on an ad, as an event. #}
with

clicks as (
    select * from {{ source('ads', 'clicks') }}
),

final as (
    select
        ---------- ids
        'ads' as source_name,
        'ads.clicks' as source_table,
        {{ clean_id('clicks.click_id') }} as source_record_id,
        {{ clean_id('clicks.click_id') }} as event_id,
        {{ clean_text('clicks.anonymous_id') }} as anonymous_id,

        ---------- strings
        'ad_click' as event_type,
        'ads' as channel,
        {{ clean_text('clicks.landing_url') }} as page_url,
        lower({{ clean_text('clicks.platform') }}) as utm_source,
        'cpc' as utm_medium,
        {{ clean_text('clicks.campaign') }} as utm_campaign,
        {{ json_object([
            ('gclid', clean_text('clicks.gclid')),
            ('cost', 'cast(clicks.cost as string)'),
            ('cost_currency', 'upper(' ~ clean_text('clicks.currency') ~ ')'),
        ]) }} as properties,

        ---------- timestamps
        clicks.clicked_at as occurred_at,

        ---------- metadata
        clicks.clicked_at as recorded_at,
        {{ landing_columns('clicks') }},
        {{ reject_reason([
            (clean_id('clicks.click_id') ~ ' is null', 'null key'),
            (is_bad_time('clicks.clicked_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('clicks') }} as payload
    from clicks
)

select * from final
