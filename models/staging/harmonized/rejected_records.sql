{{
    config(
        materialized=incremental_materialization(),
        incremental_strategy='delete+insert',
        unique_key='reject_id',
        on_schema_change='fail',
    )
}}
{# One row per landed row that is not accepted: by the loader, or by the primary staging model of
   its table (the others only look at rows again). A batch lands as a whole, so batches up to the
   last one seen here have been looked at in every table.
   It is open until a later batch settles it: a row of the same record is accepted, or its file comes
   again with other content, whose rejects are rows of their own. What a run writes again is what
   it found settled or repeated. #}
{%- set tables = accounted_tables(ref, source) %}
{%- set record_ids = payload_record_ids(tables | map(attribute='source_table') | list) %}
{%- set columns = [
    'reject_id', 'source_name', 'source_table', 'source_record_id', 'landed_file', 'rejected_by',
    'reason', 'payload', 'landed_row', 'landed_at', 'batch_id',
] %}
with

watermark as (
    {%- if is_incremental() %}
    select coalesce(max(seen.batch_id), 0) as batch_id
    from {{ this }} as seen
    {%- else %}
    select cast(0 as bigint) as batch_id
    {%- endif %}
),

files as (
    select * from {{ source('landing', 'files') }}
),

rejected_rows as (
    select * from {{ source('landing', 'rejected_rows') }}
),

-- Computed again for each of its two uses: rejects are few, what is accepted is everything.
staged as {{ not_materialized() }} (
    {%- for table in tables %}
    select
        source_name,
        source_table,
        source_record_id,
        landed_file,
        landed_row,
        reject_reason,
        payload,
        batch_id,
        landed_at
    from {{ table.primary }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rejected_by_staging as (
    select
        coalesce(source_name, split_part(source_table, '.', 1)) as source_name,
        source_table,
        source_record_id,
        landed_file,
        landed_row,
        'staging' as rejected_by,
        reject_reason as reason,
        payload,
        batch_id,
        landed_at
    from staged
    where reject_reason is not null
),

read_by_loader as (
    select
        {%- for tables_by_column in record_ids.columns %}
        case
            {%- for column, source_tables in tables_by_column.items() %}
            when source_table in ({{ quoted_list(source_tables) }})
                then {{ json_text('payload', column) }}
            {%- endfor %}
        end as text_{{ loop.index }},
        {%- endfor %}
        *
    from rejected_rows
    where source_table in ({{ quoted_list(tables | map(attribute='source_table')) }})
),

cleaned_of_loader as (
    select
        {%- for _ in record_ids.columns %}
        {{ clean_id_of_few('text_' ~ loop.index) }} as cleaned_{{ loop.index }},
        {%- endfor %}
        *
    from read_by_loader
),

rejected_by_loader as (
    select
        {%- if 'contract' in tables | map(attribute='source_name') %}
        case
            when source_name = 'contract'
                then coalesce({{ clean_text(json_text('payload', 'source_name')) }}, source_name)
            else source_name
        end as source_name,
        {%- else %}
        source_name,
        {%- endif %}
        source_table,
        case
            {%- for record_id, source_tables in record_ids.ids.items() %}
            when source_table in ({{ quoted_list(source_tables) }}) then {{ record_id }}
            {%- endfor %}
        end as source_record_id,
        _file as landed_file,
        _row as landed_row,
        'loader' as rejected_by,
        reason,
        payload,
        batch_id,
        landed_at
    from cleaned_of_loader
),

-- One look at the watermark for all tables: one in each branch triples the time of planning.
new_rejects as (
    select * from rejected_by_staging
    where batch_id > (select watermark.batch_id from watermark)
    union all
    select * from rejected_by_loader
    where batch_id > (select watermark.batch_id from watermark)
),

rejects as (
    select
        {{ sha256_hex(
            "source_table || '|' || landed_file || '|' || cast(batch_id as string) || '|' || "
            ~ "rejected_by || '|' || cast(landed_row as string)"
        ) }} as reject_id,
        source_name,
        source_table,
        source_record_id,
        landed_file,
        rejected_by,
        reason,
        payload,
        landed_row,
        landed_at,
        batch_id,
        cast(null as string) as closed_by,
        cast(null as string) as closed_by_file,
        cast(null as timestamp) as closed_at,
        cast(null as bigint) as known_times_seen
    from new_rejects
    {%- if is_incremental() %}
    union all
    select
        {%- for column in columns %}
        known.{{ column }},
        {%- endfor %}
        known.closed_by,
        known.closed_by_file,
        known.closed_at,
        known.times_seen as known_times_seen
    from {{ this }} as known
    where known.batch_id <= (select watermark.batch_id from watermark)
    {%- endif %}
),

open_records as (
    select
        source_table,
        source_name,
        source_record_id,
        min(batch_id) as batch_id
    from rejects
    where
        closed_by is null
        and source_record_id is not null
    group by
        source_table,
        source_name,
        source_record_id
),

accepted_by_staging as (
    select
        source_table,
        source_name,
        source_record_id,
        landed_file,
        landed_at,
        batch_id
    from staged
    where reject_reason is null
),

accepted as (
    select accepted_by_staging.*
    from accepted_by_staging
    inner join open_records
        on
            accepted_by_staging.source_table = open_records.source_table
            and accepted_by_staging.source_name = open_records.source_name
            and accepted_by_staging.source_record_id = open_records.source_record_id
            and accepted_by_staging.batch_id > open_records.batch_id
    where accepted_by_staging.batch_id > (select watermark.batch_id from watermark)
),

settlements as (
    select
        rejects.reject_id,
        'accepted' as closed_by,
        accepted.landed_file,
        accepted.landed_at,
        accepted.batch_id
    from rejects
    inner join accepted
        on
            rejects.source_table = accepted.source_table
            and rejects.source_name = accepted.source_name
            and rejects.source_record_id = accepted.source_record_id
            and rejects.batch_id < accepted.batch_id
    where rejects.closed_by is null
    union all
    select
        rejects.reject_id,
        'replaced' as closed_by,
        files.file as landed_file,
        files.loaded_at as landed_at,
        files.batch_id
    from rejects
    inner join files
        on
            rejects.source_table = files.source_table
            and rejects.landed_file = files.file
            and rejects.batch_id < files.batch_id
    where rejects.closed_by is null
),

ranked_settlements as (
    select
        *,
        row_number() over (
            partition by reject_id
            order by
                batch_id,
                closed_by,
                landed_file
        ) as settlement_rank
    from settlements
),

first_settlements as (
    select * from ranked_settlements
    where settlement_rank = 1
),

-- The same record again is the same fault; a row without a key is known by its content.
counted as (
    select
        *,
        min(landed_at) over fault as first_seen_at,
        max(landed_at) over fault as last_seen_at,
        count(*) over fault as times_seen
    from rejects
    window fault as (
        partition by
            source_table,
            source_name,
            source_record_id,
            case when source_record_id is null then coalesce(payload, reject_id) end
    )
),

final as (
    select
        {%- for column in columns %}
        counted.{{ column }},
        {%- endfor %}
        case
            when coalesce(counted.closed_by, first_settlements.closed_by) is null then 'open'
            else 'closed'
        end as state,
        coalesce(counted.closed_by, first_settlements.closed_by) as closed_by,
        coalesce(counted.closed_by_file, first_settlements.landed_file) as closed_by_file,
        coalesce(counted.closed_at, first_settlements.landed_at) as closed_at,
        counted.first_seen_at,
        counted.last_seen_at,
        counted.times_seen
    from counted
    left join first_settlements on counted.reject_id = first_settlements.reject_id
    where
        counted.known_times_seen is null
        or counted.known_times_seen <> counted.times_seen
        or first_settlements.reject_id is not null
)

select * from final
