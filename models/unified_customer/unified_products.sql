{{ config(materialized='table') }}

{# One row per product: each attribute from the first source, in the order of the seed
   source_priorities, that fills it. #}
with

harmonized_products as (
    select * from {{ ref('harmonized_products') }}
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
        harmonized_products.product_id,
        harmonized_products.product_name,
        harmonized_products.category,
        harmonized_products.family,
        harmonized_products.brand,
        harmonized_products.is_consumable,
        harmonized_products.is_active,
        harmonized_products.list_price,
        harmonized_products.unit_cost,
        harmonized_products.currency,
        harmonized_products.launched_at,
        harmonized_products.source_name,
        harmonized_products.recorded_at,
        harmonized_products.landed_at,
        harmonized_products.batch_id,
        row_number() over (
            partition by harmonized_products.product_id
            order by
                coalesce(source_priorities.priority, 1000) asc,
                harmonized_products.recorded_at desc nulls last,
                harmonized_products.source_name asc,
                harmonized_products.source_record_id asc
        ) as record_rank
    from harmonized_products
    left join source_priorities
        on harmonized_products.source_name = source_priorities.source_name
    where harmonized_products.product_id is not null
),

final as (
    select
        product_id,
        min_by(product_name, record_rank) filter (where product_name is not null) as product_name,
        min_by(category, record_rank) filter (where category is not null) as category,
        min_by(family, record_rank) filter (where family is not null) as family,
        min_by(brand, record_rank) filter (where brand is not null) as brand,
        min_by(is_consumable, record_rank) filter (where is_consumable is not null)
            as is_consumable,
        min_by(is_active, record_rank) filter (where is_active is not null) as is_active,
        min_by(list_price, record_rank) filter (where list_price is not null) as list_price,
        min_by(unit_cost, record_rank) filter (where unit_cost is not null) as unit_cost,
        min_by(currency, record_rank) filter (where currency is not null) as currency,
        min_by(launched_at, record_rank) filter (where launched_at is not null) as launched_at,
        min_by(source_name, record_rank) as source_name,
        cast(count(*) as bigint) as source_count,
        max(recorded_at) as recorded_at,
        max(landed_at) as landed_at,
        max(batch_id) as batch_id
    from ranked_records
    group by product_id
)

select * from final
