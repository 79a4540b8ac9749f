{# One row per accepted landed row of an inventory level whose variant has landed: what the shop
   holds of the variant at the location, as last counted. The shop keeps the present only, so the
   level is one record whose content changes. A quantity that lands later changes it: batch_id is
   the last batch that brought any part. #}
with

stg_shopify__inventory_levels as (
    select * from {{ ref('stg_shopify__inventory_levels') }}
    where reject_reason is null
),

stg_shopify__inventory_quantities as (
    select * from {{ ref('stg_shopify__inventory_quantities') }}
),

stg_shopify__product_variants as (
    select * from {{ ref('stg_shopify__product_variants') }}
),

latest_quantities as (
    {{ latest_version('stg_shopify__inventory_quantities', 'source_record_id',
        ['level_key', 'quantity_name', 'quantity', 'recorded_at']) }}
),

quantities as (
    select
        level_key,
        max(case when quantity_name = 'on_hand' then quantity end) as on_hand,
        max(case when quantity_name = 'available' then quantity end) as available,
        max({{ known_time('recorded_at') }}) as counted_at,
        max(last_batch_id) as last_batch_id
    from latest_quantities
    group by level_key
),

latest_variants as (
    {{ latest_version('stg_shopify__product_variants', 'inventory_item_id',
        ['variant_id', 'product_id', 'preorder_open'], 'inventory_item_id is not null') }}
),

versions as (
    select
        stg_shopify__inventory_levels.*,
        max(stg_shopify__inventory_levels.batch_id) over (
            partition by stg_shopify__inventory_levels.source_record_id
        ) as last_batch_id
    from stg_shopify__inventory_levels
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        latest_variants.variant_id,
        latest_variants.product_id,
        versions.site_id,
        ---------- numbers
        quantities.on_hand,
        coalesce(quantities.available, versions.available) as available_to_promise,
        ---------- booleans
        latest_variants.preorder_open,
        ---------- timestamps
        greatest(
            versions.observed_at, coalesce(quantities.counted_at, versions.observed_at)
        ) as observed_at,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id,
            latest_variants.last_batch_id,
            coalesce(quantities.last_batch_id, 0)
        ) as batch_id,
        greatest(versions.batch_id, latest_variants.first_batch_id) as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    inner join latest_variants on versions.inventory_item_id = latest_variants.inventory_item_id
    left join quantities on versions.source_record_id = quantities.level_key
)

select * from final
