{# One row per landed row of salesforce.task: a call, an e-mail or
   something to do. Feeds int_salesforce__service_contacts. A record deleted stays, of nobody. #}
with

tasks as (
    select * from {{ source('salesforce', 'task') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.task' as source_table,
        {{ clean_id('tasks.id') }} as source_record_id,
        {{ clean_id('tasks.id') }} as contact_id,
        case
            when not coalesce(tasks.is_deleted, false) then {{ salesforce_person('tasks.who_id') }}
        end as customer_record_id,
        {{ clean_text('tasks.owner_id') }} as employee_id,
        ---------- strings
        case
            when lower(tasks.type) = 'call' or lower(tasks.task_subtype) = 'call' then 'phone'
            when lower(tasks.type) = 'email' or lower(tasks.task_subtype) in ('email', 'listemail')
                then 'email'
        end as channel,
        {{ map_values(clean_text('tasks.call_type'), {
            'inbound': 'inbound',
            'outbound': 'outbound',
        }) }} as direction,
        case when coalesce(tasks.is_deleted, false) then 'deleted' else 'sales' end as reason,
        coalesce(lower({{ clean_text('tasks.priority') }}), 'normal') as priority,
        {{ clean_text('tasks.subject') }} as subject,
        coalesce(
            {{ clean_text('tasks.description') }}, {{ clean_text('tasks.call_disposition') }}
        ) as description,
        ---------- numbers
        cast(tasks.call_duration_in_seconds as double) as duration_seconds,
        ---------- booleans
        coalesce(tasks.is_closed, lower(tasks.status) = 'completed', false) as is_done,
        coalesce(tasks.is_deleted, false) as is_deleted,
        ---------- timestamps
        coalesce(tasks.completed_date_time, tasks.activity_date, tasks.last_modified_date)
            as opened_at,
        coalesce(tasks.last_modified_date, tasks.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('tasks') }},
        {{ reject_reason([
            (clean_id('tasks.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(tasks.last_modified_date, tasks.created_date)'), 'bad time'),
            (
                is_bad_time(
                    'coalesce(tasks.completed_date_time, tasks.activity_date, '
                    ~ 'tasks.last_modified_date)'
                ),
                'bad time'
            ),
        ]) }} as reject_reason,
        {{ row_as_json('tasks') }} as payload
    from tasks
)

select * from final
