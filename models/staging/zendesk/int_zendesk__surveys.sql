{# One row per landed rating that was given, as the answer to a question about one's satisfaction.
   #}
with

satisfaction_ratings as (
    select * from {{ ref('stg_zendesk__satisfaction_ratings') }}
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        source_record_id,
        source_record_id as response_id,
        customer_record_id,
        contact_id as service_contact_id,
        ---------- strings
        'csat' as survey_type,
        comment_text,
        ---------- numbers
        score,
        cast(0 as double) as scale_min,
        cast(1 as double) as scale_max,
        ---------- timestamps
        answered_at,
        recorded_at,
        ---------- metadata
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from satisfaction_ratings
    where score is not null
)

select * from final
