{# One row per product. #}
with

harmonized_products as (
    select * from {{ ref('harmonized_products') }}
),

final as (
    select
        source_name,
        source_table,
        source_record_id,
        product_id,
        product_name,
        category,
        family,
        brand,
        is_consumable,
        is_active,
        list_price,
        unit_cost,
        currency,
        launched_at,
        recorded_at,
        landed_at,
        batch_id
    from harmonized_products
)

select * from final
