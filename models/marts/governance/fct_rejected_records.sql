{#- One row per landed table, place of rejection and reason: how many rows could not be used. -#}
with

unified_rejected_records as (
    select * from {{ ref('unified_rejected_records') }}
),

final as (
    select
        cast(source_table || '|' || rejected_by || '|' || reason as string) as rejection_key,
        cast(source_name as string) as source_name,
        cast(source_table as string) as source_table,
        cast(rejected_by as string) as rejected_by,
        cast(reason as string) as reason,
        cast(rejected_count as bigint) as rejected_count
    from unified_rejected_records
)

select * from final
