{# One row per landed task that is a call or an e-mail and has happened: what a client adviser and a
   customer said to each other. It opens and closes at once, since it is no case. #}
with

tasks as (
    select * from {{ ref('stg_salesforce__tasks') }}
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        source_record_id,
        contact_id,
        customer_record_id,
        employee_id,
        ---------- strings
        channel,
        direction,
        reason,
        priority,
        'closed' as status,
        subject,
        description,
        ---------- numbers
        duration_seconds,
        ---------- timestamps
        opened_at,
        opened_at as closed_at,
        recorded_at,
        ---------- metadata
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from tasks
    where
        channel is not null
        and (is_done or is_deleted)
)

select * from final
