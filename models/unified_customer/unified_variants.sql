{{ config(materialized='table') }}

{# One row per variant: each attribute from the first source, in the order of the seed
   source_priorities, that fills it. #}
with

harmonized_variants as (
    select * from {{ ref('harmonized_variants') }}
),

source_priorities as (
    select
        source_name,
        priority
    from {{ ref('source_priorities') }}
    where attribute_group = 'product'
),

ranked_records as (
    select
        harmonized_variants.variant_id,
        harmonized_variants.product_id,
        harmonized_variants.sku,
        harmonized_variants.size,
        harmonized_variants.colour,
        harmonized_variants.list_price,
        harmonized_variants.source_name,
        harmonized_variants.recorded_at,
        harmonized_variants.landed_at,
        harmonized_variants.batch_id,
        row_number() over (
            partition by harmonized_variants.variant_id
            order by
                coalesce(source_priorities.priority, 1000) asc,
                harmonized_variants.recorded_at desc nulls last,
                harmonized_variants.source_name asc,
                harmonized_variants.source_record_id asc
        ) as record_rank
    from harmonized_variants
    left join source_priorities
        on harmonized_variants.source_name = source_priorities.source_name
    where harmonized_variants.variant_id is not null
),

final as (
    select
        variant_id,
        min_by(product_id, record_rank) filter (where product_id is not null) as product_id,
        min_by(sku, record_rank) filter (where sku is not null) as sku,
        min_by(size, record_rank) filter (where size is not null) as size,
        min_by(colour, record_rank) filter (where colour is not null) as colour,
        min_by(list_price, record_rank) filter (where list_price is not null) as list_price,
        min_by(source_name, record_rank) as source_name,
        cast(count(*) as bigint) as source_count,
        max(recorded_at) as recorded_at,
        max(landed_at) as landed_at,
        max(batch_id) as batch_id
    from ranked_records
    group by variant_id
)

select * from final
