{# One row per landed row of klaviyo.event. Engagement with messages gets the shared names
   (message_opened, ...), everything else keeps Klaviyo's own in snake case: what the shop reports
   here it reports better itself. #}
with

events as (
    select * from {{ source('klaviyo', 'event') }}
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.event' as source_table,
        {{ clean_id('events.id') }} as source_record_id,
        {{ clean_id('events.id') }} as event_id,
        {{ clean_text('events.person_id') }} as customer_record_id,
        {{ clean_text('events.property_product_id') }} as product_id,
        ---------- strings
        coalesce(
            'message_' || nullif({{ klaviyo_outcome('events.type') }}, ''),
            {{ snake_case('events.type') }}
        ) as event_type,
        {{ klaviyo_channel('events.type') }} as channel,
        {{ clean_text('events.property_url') }} as page_url,
        upper({{ clean_text('events.property_currency_code') }}) as currency,
        {{ clean_text('events.property_items') }} as items,
        {{ json_object([
            ('campaign_id', clean_text('events.campaign_id')),
            ('flow_id', clean_text('events.flow_id')),
            ('flow_message_id', clean_text('events.flow_message_id')),
            ('subject', clean_text('events.property_subject')),
            ('bounce_type', clean_text('events.property_bounce_type')),
        ]) }} as properties,
        ---------- numbers
        events.property_quantity as quantity,
        cast(round(events.property_value, 2) as decimal(18, 2)) as value,
        ---------- timestamps
        events.datetime as occurred_at,
        events.datetime as recorded_at,
        ---------- metadata
        {{ landing_columns('events') }},
        {{ reject_reason([
            (clean_id('events.id') ~ ' is null', 'null key'),
            (is_bad_time('events.datetime'), 'bad time'),
            (snake_case('events.type') ~ ' is null', 'no type'),
        ]) }} as reject_reason,
        {{ row_as_json('events') }} as payload
    from events
)

select * from final
