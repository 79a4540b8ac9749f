{# One row per accepted landed row of a variant, with the cost that its inventory item carries. #}
with

stg_shopify__product_variants as (
    select * from {{ ref('stg_shopify__product_variants') }}
    where reject_reason is null
),

stg_shopify__inventory_items as (
    select * from {{ ref('stg_shopify__inventory_items') }}
),

latest_items as (
    {{ latest_version('stg_shopify__inventory_items', 'inventory_item_id',
        ['unit_cost', 'currency']) }}
),

versions as (
    select
        stg_shopify__product_variants.*,
        max(stg_shopify__product_variants.batch_id) over (
            partition by stg_shopify__product_variants.source_record_id
        ) as last_batch_id
    from stg_shopify__product_variants
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.variant_id,
        versions.product_id,
        versions.sku,
        versions.barcode,
        ---------- strings
        versions.size,
        versions.colour,
        latest_items.currency,
        ---------- numbers
        versions.list_price,
        latest_items.unit_cost,
        ---------- timestamps
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id, coalesce(latest_items.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join latest_items on versions.inventory_item_id = latest_items.inventory_item_id
)

select * from final
