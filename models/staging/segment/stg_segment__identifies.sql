{# One row per landed identify call, as an event: the moment at which a browser or app gives a login
   or an e-mail. #}
with

identifies as (
    select * from {{ source('segment', 'identifies') }}
),

final as (
    select
        ---------- ids
        'segment' as source_name,
        'segment.identifies' as source_table,
        {{ clean_id('identifies.id') }} as source_record_id,
        {{ clean_id('identifies.id') }} as event_id,
        {{ clean_text('identifies.anonymous_id') }} as anonymous_id,
        {{ clean_text('identifies.context_device_id') }} as device_id,
        {{ clean_text('identifies.user_id') }} as user_id,

        ---------- strings
        'identify' as event_type,
        {{ segment_channel('identifies') }} as channel,
        {{ normalize_email('identifies.email') }} as email,
        {{ clean_text('identifies.context_user_agent') }} as user_agent,

        ---------- timestamps
        identifies.timestamp as occurred_at,
        identifies.received_at,

        ---------- metadata
        coalesce(identifies.received_at, identifies.timestamp) as recorded_at,
        {{ landing_columns('identifies') }},
        {{ reject_reason([
            (clean_id('identifies.id') ~ ' is null', 'null key'),
            (is_bad_time('identifies.timestamp'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('identifies') }} as payload
    from identifies
)

select * from final
