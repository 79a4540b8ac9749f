{#- One row per erasure that is done. -#}
with

erasure_certificates as (
    select * from {{ source('landing', 'erasure_certificates') }}
),

final as (
    select
        cast(request_id as string) as request_id,
        cast(rows_deleted as bigint) as deleted_count,
        cast(rows_masked as bigint) as masked_count,
        cast(rows_of_others_masked as bigint) as mention_count,
        cast(files_rewritten as bigint) as file_count,
        cast(removal_count as bigint) as removal_count,
        cast(tables_searched as bigint) as searched_table_count,
        cast(files_searched as bigint) as searched_file_count,
        cast(hit_count as bigint) as hit_count,
        cast({{ seconds_between('requested_at', 'completed_at') }} as bigint) as duration_seconds,
        cast(requested_at as timestamp) as requested_at,
        cast(completed_at as timestamp) as completed_at
    from erasure_certificates
)

select * from final
