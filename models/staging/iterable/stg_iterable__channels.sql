{# One row per landed row of iterable.channel: a medium for one purpose.
   Feeds int_iterable__messages and int_iterable__consents. #}
with

channels as (
    select * from {{ source('iterable', 'channel') }}
),

final as (
    select
        ---------- ids
        'iterable' as source_name,
        'iterable.channel' as source_table,
        {{ clean_id('channels.id') }} as source_record_id,
        {{ clean_id('channels.id') }} as channel_id,
        ---------- strings
        {{ iterable_medium('channels.message_medium') }} as channel,
        case
            when lower(channels.channel_type) = 'transactional' then 'transactional'
            else 'marketing'
        end as purpose,
        ---------- timestamps
        channels._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('channels') }},
        {{ reject_reason([
            (clean_id('channels.id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('channels') }} as payload
    from channels
)

select * from final
