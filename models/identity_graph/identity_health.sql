{# One row per measure of the graph and what it is broken down by, with its value after the
   landing batch before. #}
with

health_log as (
    select * from {{ ref('int_identity__health_log') }}
),

-- Of several builds of one batch the last one counts.
last_entries as (
    select
        batch_id,
        max(entry) as entry
    from health_log
    group by batch_id
),

ranked_batches as (
    select
        entry,
        row_number() over (order by batch_id desc) as batch_rank
    from last_entries
),

measured as (
    select
        health_log.measure,
        health_log.dimension,
        health_log.measure_value,
        ranked_batches.batch_rank
    from health_log
    inner join ranked_batches
        on health_log.entry = ranked_batches.entry
    where ranked_batches.batch_rank <= 2
),

final as (
    select
        measure || '|' || dimension as measure_key,
        measure,
        dimension,
        coalesce(max(case when batch_rank = 1 then measure_value end), 0) as measure_value,
        max(case when batch_rank = 2 then measure_value end) as previous_value
    from measured
    group by
        measure,
        dimension
)

select * from final
