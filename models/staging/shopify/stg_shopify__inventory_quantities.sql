{# One row per landed row of shopify.inventory_quantity: how many units of
   an inventory level are in one state (on_hand, available, committed, ...). Feeds
   int_shopify__stock. #}
with

inventory_quantities as (
    select * from {{ source('shopify', 'inventory_quantity') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.inventory_quantity' as source_table,
        cast(inventory_quantities.inventory_level_id as string) || '|'
        || cast(inventory_quantities.inventory_item_id as string) || '|'
        || {{ clean_id('inventory_quantities.name') }}
            as source_record_id,
        cast(inventory_quantities.inventory_level_id as string) || '|'
        || cast(inventory_quantities.inventory_item_id as string)
            as level_key,
        ---------- strings
        lower({{ clean_id('inventory_quantities.name') }}) as quantity_name,
        ---------- numbers
        inventory_quantities.quantity,
        ---------- timestamps
        coalesce(inventory_quantities.updated_at, inventory_quantities._fivetran_synced)
            as recorded_at,
        ---------- metadata
        {{ landing_columns('inventory_quantities') }},
        {{ reject_reason([
            (
                'inventory_quantities.inventory_level_id is null '
                ~ 'or inventory_quantities.inventory_item_id is null or '
                ~ clean_id('inventory_quantities.name') ~ ' is null',
                'null key'
            ),
            ('inventory_quantities.quantity is null', 'no quantity'),
        ]) }} as reject_reason,
        {{ row_as_json('inventory_quantities') }} as payload
    from inventory_quantities
)

select * from final
