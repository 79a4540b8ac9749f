{# One row per landed row of iterable.event. Engagement with messages gets the shared names
   (message_opened, ...), everything else keeps its own in snake case. #}
with

events as (
    select * from {{ source('iterable', 'event') }}
),

final as (
    select
        ---------- ids
        'iterable' as source_name,
        'iterable.event' as source_table,
        -- the connector hashes campaign, time and name, so it takes the user to know an event
        {{ clean_id('events._fivetran_id') }} || '|'
        || coalesce(
            {{ clean_id('events._fivetran_user_id') }},
            {{ iterable_user_key('events.email') }},
            ''
        ) as source_record_id,
        {{ clean_id('events._fivetran_id') }} as event_id,
        {{ iterable_user_key('events.email') }} as customer_record_id,
        {{ clean_text('events.campaign_id') }} as campaign_id,
        {{ clean_text('events.message_id') }} as message_id,
        {{ clean_text('events.message_type_id') }} as message_type_id,
        ---------- strings
        coalesce(
            'message_' || {{ iterable_outcome('events.event_name') }},
            {{ snake_case(regex_replace('events.event_name', '([a-z])([A-Z])', '\\1_\\2')) }}
        ) as event_type,
        {{ iterable_outcome('events.event_name') }} as outcome,
        lower({{ clean_text('events.event_name') }}) as event_name,
        {{ iterable_channel('events.event_name') }} as channel,
        {{ normalize_email('events.email') }} as email,
        lower({{ clean_text('events.recipient_state') }}) as recipient_state,
        {{ clean_text('events.user_agent') }} as user_agent,
        coalesce(
            {{ clean_text('events.unsub_source') }},
            {{ clean_text(json_text('events.additional_properties', 'signupSource')) }}
        ) as act_source,
        -- a JSON list of ids, brought to ids separated by commas
        nullif(
            {{ regex_replace(
                json_text('events.additional_properties', 'channelIds'), '[^0-9A-Za-z,]+', ''
            ) }},
            ''
        ) as channel_ids,
        {{ json_object([
            ('campaign_id', clean_text('events.campaign_id')),
            ('message_id', clean_text('events.message_id')),
            ('unsub_source', clean_text('events.unsub_source')),
        ]) }} as properties,
        ---------- timestamps
        events.created_at as occurred_at,
        coalesce(events._fivetran_synced, events.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('events') }},
        {{ reject_reason([
            (clean_id('events._fivetran_id') ~ ' is null', 'null key'),
            (is_bad_time('events.created_at'), 'bad time'),
            (clean_text('events.event_name') ~ ' is null', 'no type'),
        ]) }} as reject_reason,
        {{ row_as_json('events') }} as payload
    from events
)

select * from final
