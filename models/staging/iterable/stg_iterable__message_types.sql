{# One row per landed row of iterable.message_type: what a channel
   carries. Feeds int_iterable__messages and int_iterable__consents. #}
with

message_types as (
    select * from {{ source('iterable', 'message_type') }}
),

final as (
    select
        ---------- ids
        'iterable' as source_name,
        'iterable.message_type' as source_table,
        {{ clean_id('message_types.id') }} as source_record_id,
        {{ clean_id('message_types.id') }} as message_type_id,
        {{ clean_text('message_types.channel_id') }} as channel_id,
        ---------- strings
        {{ clean_text('message_types.name') }} as topic,
        ---------- timestamps
        coalesce(message_types.updated_at, message_types._fivetran_synced) as recorded_at,
        ---------- metadata
        {{ landing_columns('message_types') }},
        {{ reject_reason([
            (clean_id('message_types.id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('message_types') }} as payload
    from message_types
)

select * from final
