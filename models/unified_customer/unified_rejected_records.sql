{# One row per landed table, place of rejection, reason and state: counts only, the rows stay where
   they were rejected. So does what a reason quotes of a row: a value, or the number of a line. #}
with

rejected_records as (
    select
        source_name,
        source_table,
        rejected_by,
        {{ regex_replace(
            regex_replace('reason', '^line [0-9]+: ', ''),
            '(?s)^(column "[^"]*"): .* (is not an? [a-z])',
            '\\1 \\2'
        ) }} as reason,
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
