{# One row per product. #}
with

unified_products as (
    select * from {{ ref('unified_products') }}
),

unified_variants as (
    select product_id
    from {{ ref('unified_variants') }}
),

variant_counts as (
    select
        product_id,
        count(*) as variant_count
    from unified_variants
    group by product_id
),

final as (
    select
        unified_products.product_id,
        unified_products.product_name,
        unified_products.category,
        unified_products.family,
        unified_products.brand,
        unified_products.currency,
        cast(coalesce(variant_counts.variant_count, 0) as bigint) as variant_count,
        cast(unified_products.list_price as decimal(18, 4)) as list_price,
        cast(unified_products.unit_cost as decimal(18, 4)) as unit_cost,
        coalesce(unified_products.is_consumable, false) as is_consumable,
        coalesce(unified_products.is_active, true) as is_active,
        unified_products.launched_at
    from unified_products
    left join variant_counts
        on unified_products.product_id = variant_counts.product_id
)

select * from final
