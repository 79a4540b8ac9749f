{# One row per landed row of salesforce.event: a shop visit, meeting, appointment or exhibition
   note. A record id says by its first three characters whether it is a lead (00Q). A deleted event
   stays, of nobody. #}
with

events as (
    select * from {{ source('salesforce', 'event') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.event' as source_table,
        {{ clean_text('events.id') }} as source_record_id,
        {{ clean_text('events.id') }} as visit_id,
        case
            when coalesce(events.is_deleted, false) then null
            when substr({{ clean_text('events.who_id') }}, 1, 3) = '00Q'
                then 'lead-' || {{ clean_text('events.who_id') }}
            else {{ clean_text('events.who_id') }}
        end as customer_record_id,
        {{ clean_text('events.location') }} as store_id,
        ---------- strings
        case
            when coalesce(events.is_deleted, false) then 'deleted'
            else coalesce({{ snake_case('events.type') }}, 'other')
        end as visit_type,
        coalesce({{ clean_text('events.description') }}, {{ clean_text('events.subject') }})
            as notes,
        ---------- timestamps
        coalesce(events.start_date_time, events.activity_date_time) as visited_at,
        coalesce(events.last_modified_date, events.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('events') }},
        {{ reject_reason([
            (clean_text('events.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(events.start_date_time, events.activity_date_time)'),
                'bad time'),
            (is_bad_time('coalesce(events.last_modified_date, events.created_date)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('events') }} as payload
    from events
)

select * from final
