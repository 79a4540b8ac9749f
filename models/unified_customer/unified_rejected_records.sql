{# One row per landed table, place of rejection, reason and state: counts only, the rows stay where
   they were rejected. #}
with

rejected_records as (
    select
        source_name,
        source_table,
        rejected_by,
        reason,
        state,
        closed_by,
        closed_at,
        first_seen_at,
        last_seen_at
    from {{ ref('rejected_records') }}
),

final as (
    select
        min(source_name) as source_name,
        source_table,
        rejected_by,
        reason,
        state,
        closed_by,
        cast(count(*) as bigint) as rejected_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        max(closed_at) as last_closed_at
    from rejected_records
    group by
        source_table,
        rejected_by,
        reason,
        state,
        closed_by
)

select * from final
