{#- One row per landed table, place of rejection, reason and state: how many rows could not be
    used. -#}
with

unified_rejected_records as (
    select * from {{ ref('unified_rejected_records') }}
),

final as (
    select
        cast(
            source_table || '|' || rejected_by || '|' || reason || '|'
            || coalesce(closed_by, state) as string
        ) as rejection_key,
        cast(source_name as string) as source_name,
        cast(source_table as string) as source_table,
        cast(rejected_by as string) as rejected_by,
        cast(reason as string) as reason,
        cast(state as string) as state,
        cast(closed_by as string) as closed_by,
        cast(rejected_count as bigint) as rejected_count,
        cast(first_seen_at as timestamp) as first_seen_at,
        cast(last_seen_at as timestamp) as last_seen_at,
        cast(last_closed_at as timestamp) as last_closed_at
    from unified_rejected_records
)

select * from final
