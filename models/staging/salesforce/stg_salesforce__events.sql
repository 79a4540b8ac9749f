{# One row per landed row of salesforce.event: a shop visit, meeting, appointment or exhibition
   note. A deleted event stays, of nobody. #}
with

events as (
    select * from {{ source('salesforce', 'event') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.event' as source_table,
        {{ clean_id('events.id') }} as source_record_id,
        {{ clean_id('events.id') }} as visit_id,
        case
            when not coalesce(events.is_deleted, false)
                then {{ salesforce_person('events.who_id') }}
        end as customer_record_id,
        {{ clean_text('events.location') }} as store_id,
        -- what the event is about may be a campaign (701): an exhibition, an opening
        case
            when substr({{ clean_text('events.what_id') }}, 1, 3) = '701'
                then {{ clean_text('events.what_id') }}
        end as campaign_id,
        {{ clean_text('events.owner_id') }} as employee_id,
        ---------- strings
        case
            when coalesce(events.is_deleted, false) then 'deleted'
            else coalesce({{ snake_case('events.type') }}, 'other')
        end as visit_type,
        case
            when coalesce(events.is_deleted, false) then 'cancelled'
            when events.no_show_c then 'no_show'
        end as status,
        {{ clean_text('events.subject') }} as subject,
        coalesce({{ clean_text('events.description') }}, {{ clean_text('events.subject') }})
            as notes,
        ---------- numbers
        cast(events.duration_in_minutes * 60 as double) as duration_seconds,
        ---------- timestamps
        coalesce(events.start_date_time, events.activity_date_time) as visited_at,
        coalesce(events.last_modified_date, events.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('events') }},
        {{ reject_reason([
            (clean_id('events.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(events.start_date_time, events.activity_date_time)'),
                'bad time'),
            (is_bad_time('coalesce(events.last_modified_date, events.created_date)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('events') }} as payload
    from events
)

select * from final
