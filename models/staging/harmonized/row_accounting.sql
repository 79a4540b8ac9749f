{{ config(materialized='table') }}
{# One row per landed table of an enabled source: where its rows went.

   The four numbers come from four places, so that a row lost between them shows: landed from the
   raw table and the loader's rejects; rejected from rejected_records; accepted and duplicate from
   the harmonised entity (its records and the further versions they replaced). Where an entity
   takes a record from more than one table, the harmonised table cannot tell whose row it was;
   there accepted and duplicate are the distinct and the further keys that the primary staging
   model accepts. #}
{%- set tables = accounted_tables(ref, source) %}
{%- set direct = tables | selectattr('entity') | list %}
{%- set indirect = tables | rejectattr('entity') | list %}
{%- set entities = direct | map(attribute='entity') | unique | sort %}
with

rejected_rows as (
    select source_table from {{ source('landing', 'rejected_rows') }}
),

rejected_records as (
    select source_table from {{ ref('rejected_records') }}
),

tables as (
    {%- for table in tables %}
    select
        '{{ table.source_name }}' as source_name,
        '{{ table.source_table }}' as source_table,
        count(*) as row_count
    from {{ table.landed }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rejected_by_loader as (
    select
        source_table,
        count(*) as row_count
    from rejected_rows
    group by source_table
),

accepted as (
    {%- for entity in entities %}
    select
        source_table,
        count(*) as accepted,
        sum(times_landed - 1) as duplicate
    from {{ ref('harmonized_' ~ entity) }}
    where
        source_table in (
            {%- for table in direct if table.entity == entity %}
            '{{ table.source_table }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )
    group by source_table
    {{ 'union all' if indirect or not loop.last }}
    {%- endfor %}
    {%- for table in indirect %}
    select
        source_table,
        count(distinct source_record_id) as accepted,
        count(*) - count(distinct source_record_id) as duplicate
    from {{ table.primary }}
    where reject_reason is null
    group by source_table
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rejected as (
    select
        source_table,
        count(*) as row_count
    from rejected_records
    group by source_table
),

final as (
    select
        tables.source_name,
        tables.source_table,
        cast(tables.row_count + coalesce(rejected_by_loader.row_count, 0) as bigint) as landed,
        cast(coalesce(accepted.accepted, 0) as bigint) as accepted,
        cast(coalesce(accepted.duplicate, 0) as bigint) as duplicate,
        cast(coalesce(rejected.row_count, 0) as bigint) as rejected
    from tables
    left join rejected_by_loader on tables.source_table = rejected_by_loader.source_table
    left join accepted on tables.source_table = accepted.source_table
    left join rejected on tables.source_table = rejected.source_table
)

select * from final
