{# One row per landed row of shopify.inventory_level: an item kept at a
   location. Feeds int_shopify__stock. #}
with

inventory_levels as (
    select * from {{ source('shopify', 'inventory_level') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.inventory_level' as source_table,
        -- a level is known by its own id together with its item
        cast(inventory_levels.id as string) || '|'
        || cast(inventory_levels.inventory_item_id as string)
            as source_record_id,
        cast(inventory_levels.inventory_item_id as string) as inventory_item_id,
        cast(inventory_levels.location_id as string) as site_id,
        ---------- numbers
        inventory_levels.available,
        ---------- timestamps
        inventory_levels.updated_at as observed_at,
        coalesce(inventory_levels.updated_at, inventory_levels._fivetran_synced) as recorded_at,
        ---------- metadata
        {{ landing_columns('inventory_levels') }},
        {{ reject_reason([
            (
                'inventory_levels.id is null or inventory_levels.inventory_item_id is null '
                ~ 'or inventory_levels.location_id is null',
                'null key'
            ),
            (is_bad_time('inventory_levels.updated_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('inventory_levels') }} as payload
    from inventory_levels
)

select * from final
