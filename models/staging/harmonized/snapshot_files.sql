{{ config(materialized='table') }}
{# One row per content of a file of a table that comes in full snapshots and source name in it. A
   snapshot is what its files hold now; what a file held before it was replaced is known and not
   there. A snapshot counts unless it is empty, much smaller than one before it, or has rejected
   rows without a key, which may be anybody; one that does not count deletes nobody. #}
{%- set tables = full_snapshot_tables(accounted_tables(ref, source)) %}
with

files as (
    select * from {{ source('landing', 'files') }}
),

rejected_records as (
    select
        source_table,
        source_name,
        source_record_id,
        landed_file,
        landed_at
    from {{ ref('rejected_records') }}
    -- what is withheld of a person who was erased has no payload
    where payload is not null
),

contents as (
    select
        source_name,
        source_table,
        file as landed_file,
        batch_id,
        loaded_at as landed_at,
        snapshot_at,
        row_number() over (partition by file order by batch_id desc) = 1 as is_current
    from files
    where
        snapshot_at is not null
        and source_table in ({{ quoted_list(tables | map(attribute='source_table')) }})
),

staged as (
    {%- for table in tables %}
    select
        source_table,
        source_name,
        source_record_id,
        landed_file,
        landed_at
    from {{ table.primary }}
    where source_record_id is not null
    union all
    {%- endfor %}
    select * from rejected_records
),

landed as (
    select
        contents.source_table,
        staged.source_name,
        staged.source_record_id,
        contents.landed_file,
        contents.landed_at,
        contents.snapshot_at,
        contents.is_current
    from staged
    inner join contents
        on
            staged.source_table = contents.source_table
            and staged.landed_file = contents.landed_file
            and staged.landed_at = contents.landed_at
),

content_names as (
    select
        source_name,
        landed_file,
        landed_at
    from landed
    where source_record_id is not null
    group by
        source_name,
        landed_file,
        landed_at
),

named_contents as (
    select
        contents.source_table,
        coalesce(content_names.source_name, contents.source_name) as source_name,
        contents.landed_file,
        contents.landed_at,
        contents.batch_id,
        contents.snapshot_at,
        contents.is_current
    from contents
    left join content_names
        on
            contents.landed_file = content_names.landed_file
            and contents.landed_at = content_names.landed_at
),

snapshots as (
    select
        source_table,
        source_name,
        snapshot_at
    from named_contents
    group by
        source_table,
        source_name,
        snapshot_at
),

record_counts as (
    select
        source_table,
        source_name,
        snapshot_at,
        count(distinct source_record_id) as record_count
    from landed
    where is_current
    group by
        source_table,
        source_name,
        snapshot_at
),

unknown_rows as (
    select
        source_table,
        snapshot_at,
        count(*) as unknown_row_count
    from landed
    where
        is_current
        and source_record_id is null
    group by
        source_table,
        snapshot_at
),

counted as (
    select
        snapshots.source_table,
        snapshots.source_name,
        snapshots.snapshot_at,
        coalesce(record_counts.record_count, 0) as record_count,
        coalesce(unknown_rows.unknown_row_count, 0) as unknown_row_count,
        {{ is_confirmed_snapshot('snapshots') }} as is_confirmed
    from snapshots
    left join record_counts
        on
            snapshots.source_table = record_counts.source_table
            and snapshots.source_name = record_counts.source_name
            and snapshots.snapshot_at = record_counts.snapshot_at
    left join unknown_rows
        on
            snapshots.source_table = unknown_rows.source_table
            and snapshots.snapshot_at = unknown_rows.snapshot_at
),

-- A confirmed snapshot is the measure of those after it.
measures as (
    select
        *,
        sum(case when is_confirmed then 1 else 0 end) over (
            partition by
                source_table,
                source_name
            order by snapshot_at
        ) as measure
    from counted
),

compared as (
    select
        *,
        max(record_count) over (
            partition by
                source_table,
                source_name,
                measure
            order by snapshot_at
            rows between unbounded preceding and 1 preceding
        ) as largest_record_count
    from measures
),

judged as (
    select
        *,
        case
            when record_count = 0 then 'empty'
            when is_confirmed then null
            when record_count < {{ var('snapshot_min_share') }} * largest_record_count
                then 'small'
            when unknown_row_count > 0 then 'unknown rows'
        end as held_back_reason
    from compared
),

followed as (
    select
        *,
        min(case when held_back_reason is null then snapshot_at end) over (
            partition by
                source_table,
                source_name
            order by snapshot_at
            rows between 1 following and unbounded following
        ) as next_snapshot_at
    from judged
),

final as (
    select
        named_contents.source_name,
        named_contents.source_table,
        named_contents.landed_file,
        followed.held_back_reason,
        cast(followed.record_count as bigint) as record_count,
        cast(followed.largest_record_count as bigint) as largest_record_count,
        cast(followed.unknown_row_count as bigint) as unknown_row_count,
        named_contents.is_current,
        followed.snapshot_at,
        case
            when not named_contents.is_current and followed.held_back_reason is null
                then followed.snapshot_at
            else followed.next_snapshot_at
        end as next_snapshot_at,
        named_contents.landed_at,
        named_contents.batch_id
    from named_contents
    inner join followed
        on
            named_contents.source_table = followed.source_table
            and named_contents.source_name = followed.source_name
            and named_contents.snapshot_at = followed.snapshot_at
)

select * from final
