{# One row per build, measure of the graph and what it is broken down by; append-only, so that a
   measure can be compared with what it was before. #}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='fail',
    )
}}
with

customers as (
    select
        is_anonymous,
        source_record_count
    from {{ ref('identity_customers') }}
),

source_records as (
    select
        entity,
        customer_id,
        batch_id
    from {{ ref('identity_source_records') }}
),

links_cut as (
    select reason
    from {{ ref('identity_links_cut') }}
),

ended_ids as (
    select was_anonymous
    from {{ ref('identity_merges') }}
),

links as (
    select rule
    from {{ ref('identity_links') }}
),

identifiers as (
    select
        identifier_type,
        partner_count,
        status
    from {{ ref('int_identity__nodes') }}
),

review_queue as (
    select question
    from {{ ref('identity_review_queue') }}
),

households as (
    select household_id
    from {{ ref('identity_households') }}
    group by household_id
),

person_records as (
    select
        customer_id,
        count(*) as record_count
    from source_records
    where
        entity = 'customers'
        and customer_id is not null
    group by customer_id
),

sized as (
    select
        case
            when record_count = 1 then '1'
            when record_count <= 3 then '2-3'
            when record_count <= 10 then '4-10'
            when record_count <= 100 then '11-100'
            else 'over 100'
        end as size_band
    from person_records
),

customer_measures as (
    select
        'customers' as measure,
        case when is_anonymous then 'anonymous' else 'known' end as dimension,
        cast(count(*) as double) as measure_value
    from customers
    group by is_anonymous
    union all
    select
        'customers_by_person_records' as measure,
        size_band as dimension,
        cast(count(*) as double) as measure_value
    from sized
    group by size_band
    union all
    select
        'largest_customer_person_records' as measure,
        'all' as dimension,
        cast(coalesce(max(record_count), 0) as double) as measure_value
    from person_records
    union all
    select
        'person_records_per_customer' as measure,
        'all' as dimension,
        coalesce(cast(sum(record_count) as double) / nullif(count(*), 0), 0) as measure_value
    from person_records
    union all
    select
        'dedupe_rate' as measure,
        'all' as dimension,
        coalesce(1 - cast(count(*) as double) / nullif(sum(record_count), 0), 0) as measure_value
    from person_records
),

record_measures as (
    select
        'source_records' as measure,
        entity as dimension,
        cast(count(*) as double) as measure_value
    from source_records
    group by entity
    union all
    select
        'unresolved_source_records' as measure,
        entity as dimension,
        cast(sum(case when customer_id is null then 1 else 0 end) as double) as measure_value
    from source_records
    group by entity
),

identifier_measures as (
    select
        'identifiers' as measure,
        identifier_type as dimension,
        cast(count(*) as double) as measure_value
    from identifiers
    group by identifier_type
    union all
    select
        'hubs' as measure,
        identifier_type as dimension,
        cast(sum(case when partner_count > 20 then 1 else 0 end) as double) as measure_value
    from identifiers
    group by identifier_type
    union all
    select
        'blocked_values' as measure,
        identifier_type as dimension,
        cast(sum(case when status = 'blocked' then 1 else 0 end) as double) as measure_value
    from identifiers
    group by identifier_type
),

link_measures as (
    select
        'links' as measure,
        rule as dimension,
        cast(count(*) as double) as measure_value
    from links
    group by rule
    union all
    select
        'links_cut' as measure,
        reason as dimension,
        cast(count(*) as double) as measure_value
    from links_cut
    group by reason
    union all
    select
        'merges' as measure,
        case when was_anonymous then 'anonymous into known' else 'known into known' end
            as dimension,
        cast(count(*) as double) as measure_value
    from ended_ids
    group by was_anonymous
),

open_measures as (
    select
        'review_queue' as measure,
        question as dimension,
        cast(count(*) as double) as measure_value
    from review_queue
    group by question
    union all
    select
        'households' as measure,
        'all' as dimension,
        cast(count(*) as double) as measure_value
    from households
),

measures as (
    select * from customer_measures
    union all
    select * from record_measures
    union all
    select * from identifier_measures
    union all
    select * from link_measures
    union all
    select * from open_measures
),

landed as (
    select coalesce(max(batch_id), 0) as batch_id
    from source_records
),

{% if is_incremental() -%}
entries as (
    select coalesce(max(entry), 0) + 1 as entry
    from {{ this }}
),

{% else -%}
entries as (
    select cast(1 as bigint) as entry
),

{% endif -%}
final as (
    select
        cast(entries.entry as bigint) as entry,
        cast(landed.batch_id as bigint) as batch_id,
        measures.measure,
        measures.dimension,
        measures.measure_value
    from measures
    cross join landed
    cross join entries
)

select * from final
