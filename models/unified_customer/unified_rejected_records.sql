{# One row per landed table, place of rejection and reason: counts only, the rows stay where
   they were rejected. #}
with

rejected_records as (
    select
        source_name,
        source_table,
        rejected_by,
        reason
    from {{ ref('rejected_records') }}
),

final as (
    select
        min(source_name) as source_name,
        source_table,
        rejected_by,
        reason,
        cast(count(*) as bigint) as rejected_count
    from rejected_records
    group by
        source_table,
        rejected_by,
        reason
)

select * from final
