{# One row per landed row of klaviyo.event that is the fate of a message. A message is what one flow
   step or campaign sends to one profile; a delivery or bounce that names neither is a message of
   its own. #}
with

events as (
    select * from {{ source('klaviyo', 'event') }}
),

outcomes as (
    select
        events.*,
        {{ row_as_json('events') }} as payload,
        nullif({{ klaviyo_outcome('events.type') }}, '') as engagement,
        coalesce(
            {{ clean_text('events.flow_message_id') }},
            {{ clean_text('events.campaign_id') }},
            {{ clean_text('events.flow_id') }}
        ) as sent_by
    from events
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.event' as source_table,
        {{ clean_id('outcomes.id') }} as source_record_id,
        coalesce(
            outcomes.sent_by || '|' || {{ clean_text('outcomes.person_id') }},
            'event-' || {{ clean_id('outcomes.id') }}
        ) as message_id,
        coalesce({{ clean_text('outcomes.campaign_id') }}, {{ clean_text('outcomes.flow_id') }})
            as campaign_id,
        {{ clean_text('outcomes.person_id') }} as customer_record_id,
        ---------- strings
        -- few events name it; unified_messages then takes what the profile has
        case {{ klaviyo_channel('outcomes.type') }}
            when 'email' then {{ normalize_email('outcomes.property_email') }}
            when 'sms' then {{ normalize_phone('outcomes.property_to_number') }}
        end as contact_point,
        {{ klaviyo_channel('outcomes.type') }} as channel,
        -- a bounce that does not say that the address is dead may be a full mailbox
        case
            when outcomes.engagement = 'received' then 'delivered'
            when
                outcomes.engagement = 'bounced'
                and {{ regex_matches('lower(outcomes.property_bounce_type)', 'hard') }}
                then 'bounced_hard'
            when outcomes.engagement in ('bounced', 'dropped') then 'bounced_soft'
            else outcomes.engagement
        end as outcome,
        case
            when lower(trim(outcomes.property_message_type)) = 'transactional' then 'transactional'
            else 'marketing'
        end as purpose,
        ---------- timestamps
        outcomes.datetime as outcome_at,
        outcomes.datetime as recorded_at,
        ---------- metadata
        {{ landing_columns('outcomes') }},
        {{ reject_reason([
            (clean_id('outcomes.id') ~ ' is null', 'null key'),
            (is_bad_time('outcomes.datetime'), 'bad time'),
        ]) }} as reject_reason,
        outcomes.payload
    from outcomes
    where
        outcomes.engagement is not null
        and (outcomes.sent_by is not null or outcomes.engagement <> 'unsubscribed')
)

select * from final
