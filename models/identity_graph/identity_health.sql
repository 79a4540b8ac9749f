{# One row per measure of the graph. #}
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
        identifier_key,
        customer_id
    from {{ ref('identity_source_records') }}
),

links_cut as (
    select reason
    from {{ ref('identity_links_cut') }}
),

merges as (
    select was_anonymous
    from {{ ref('identity_merges') }}
),

links as (
    select rule
    from {{ ref('identity_links') }}
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

measures as (
    select
        'customers' as measure,
        case when is_anonymous then 'anonymous' else 'known' end as dimension,
        cast(count(*) as double) as measure_value
    from customers
    group by case when is_anonymous then 'anonymous' else 'known' end
    union all
    select
        'customers_by_person_records' as measure,
        case
            when record_count = 1 then '1'
            when record_count <= 3 then '2-3'
            when record_count <= 10 then '4-10'
            when record_count <= 100 then '11-100'
            else 'over 100'
        end as dimension,
        cast(count(*) as double) as measure_value
    from person_records
    group by
        case
            when record_count = 1 then '1'
            when record_count <= 3 then '2-3'
            when record_count <= 10 then '4-10'
            when record_count <= 100 then '11-100'
            else 'over 100'
        end
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
    union all
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
    from merges
    group by case when was_anonymous then 'anonymous into known' else 'known into known' end
),

final as (
    select
        measure || '|' || dimension as measure_key,
        measure,
        dimension,
        measure_value
    from measures
)

select * from final
