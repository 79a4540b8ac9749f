{#- One row per purge, landed table and what of its rows a period is about. -#}
with

retention_purges as (
    select * from {{ source('landing', 'retention_purges') }}
),

final as (
    select
        cast(purge_id || '|' || source_table || '|' || scope as string) as purge_key,
        cast(purge_id as string) as purge_id,
        cast(source_table as string) as source_table,
        cast(scope as string) as period_scope,
        cast(action as string) as purge_action,
        cast(retention_from as string) as retention_from,
        cast(retention_days as bigint) as retention_days,
        cast(purged_count as bigint) as purged_count,
        cast(held_back_count as bigint) as held_back_count,
        cast(as_of as timestamp) as as_of,
        cast(purged_at as timestamp) as purged_at
    from retention_purges
)

select * from final
