{# One row per landed row of shopify.inventory_item: what a variant is in
   the warehouse, with its cost. Feeds int_shopify__variants. #}
with

inventory_items as (
    select * from {{ source('shopify', 'inventory_item') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.inventory_item' as source_table,
        cast(inventory_items.id as string) as source_record_id,
        cast(inventory_items.id as string) as inventory_item_id,
        ---------- strings
        upper({{ clean_text('inventory_items.unit_cost_currency_code') }}) as currency,
        ---------- numbers
        cast(inventory_items.unit_cost_amount as decimal(18, 4)) as unit_cost,
        ---------- timestamps
        coalesce(inventory_items.updated_at, inventory_items._fivetran_synced) as recorded_at,
        ---------- metadata
        {{ landing_columns('inventory_items') }},
        {{ reject_reason([
            ('inventory_items.id is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('inventory_items') }} as payload
    from inventory_items
)

select * from final
