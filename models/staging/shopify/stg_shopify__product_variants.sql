{# One row per landed row of shopify.product_variant, without its cost (it stands on the inventory
   item; int_shopify__variants brings both together). The first option is the size and the second
   the colour, as the shop sets its products up; where the connector delivers no options, the title
   names them (M / Blue). The price struck through, where there is one, is the list price. #}
with

product_variants as (
    select * from {{ source('shopify', 'product_variant') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.product_variant' as source_table,
        cast(product_variants.id as string) as source_record_id,
        cast(product_variants.id as string) as variant_id,
        cast(product_variants.product_id as string) as product_id,
        {{ clean_text('product_variants.sku') }} as sku,
        {{ clean_text('product_variants.barcode') }} as barcode,
        cast(product_variants.inventory_item_id as string) as inventory_item_id,
        ---------- strings
        coalesce(
            {{ clean_text('product_variants.option_1') }},
            nullif(
                {{ clean_text(regex_extract('product_variants.title', '^([^/]+)( / |$)')) }},
                'Default Title'
            )
        ) as size,
        coalesce(
            {{ clean_text('product_variants.option_2') }},
            {{ clean_text(regex_extract('product_variants.title', '^[^/]+ / ([^/]+)')) }}
        ) as colour,
        ---------- numbers
        cast(
            coalesce(nullif(product_variants.compare_at_price, 0), product_variants.price)
            as decimal(18, 4)
        ) as list_price,
        ---------- booleans
        lower({{ clean_text('product_variants.inventory_policy') }}) = 'continue' as preorder_open,
        ---------- timestamps
        coalesce(product_variants.updated_at, product_variants.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('product_variants') }},
        {{ reject_reason([
            ('product_variants.id is null or product_variants.product_id is null', 'null key'),
            (is_bad_time('coalesce(product_variants.updated_at, product_variants.created_at)'),
                'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('product_variants') }} as payload
    from product_variants
)

select * from final
