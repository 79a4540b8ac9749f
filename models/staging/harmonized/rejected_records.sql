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
   last one seen here have been looked at in every table. #}
{%- set tables = accounted_tables(ref, source) %}
with

watermark as (
    {%- if is_incremental() %}
    select coalesce(max(seen.batch_id), 0) as batch_id
    from {{ this }} as seen
    {%- else %}
    select cast(0 as bigint) as batch_id
    {%- endif %}
),

rejected_rows as (
    select * from {{ source('landing', 'rejected_rows') }}
),

rejected_by_staging as (
    {%- for table in tables %}
    select
        coalesce(source_name, '{{ table.source_name }}') as source_name,
        source_table,
        landed_file,
        landed_row,
        'staging' as rejected_by,
        reject_reason as reason,
        payload,
        batch_id,
        landed_at
    from {{ table.primary }}
    where
        reject_reason is not null
        and batch_id > (select watermark.batch_id from watermark)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rejected_by_loader as (
    select
        source_name,
        source_table,
        _file as landed_file,
        _row as landed_row,
        'loader' as rejected_by,
        reason,
        payload,
        batch_id,
        landed_at
    from rejected_rows
    where
        source_table in ({{ quoted_list(tables | map(attribute='source_table')) }})
        and batch_id > (select watermark.batch_id from watermark)
),

rejected as (
    select * from rejected_by_staging
    union all
    select * from rejected_by_loader
),

final as (
    select
        {{ sha256_hex(
            "source_table || '|' || landed_file || '|' || cast(batch_id as string) || '|' || "
            ~ "rejected_by || '|' || cast(landed_row as string)"
        ) }} as reject_id,
        source_name,
        source_table,
        landed_file,
        rejected_by,
        reason,
        payload,
        landed_row,
        landed_at,
        batch_id
    from rejected
)

select * from final
