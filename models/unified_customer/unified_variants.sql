{# One row per variant. #}
with

harmonized_variants as (
    select * from {{ ref('harmonized_variants') }}
),

final as (
    select
        source_name,
        source_table,
        source_record_id,
        variant_id,
        product_id,
        sku,
        size,
        colour,
        list_price,
        recorded_at,
        landed_at,
        batch_id
    from harmonized_variants
)

select * from final
