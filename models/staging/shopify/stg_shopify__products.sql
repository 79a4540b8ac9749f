{# One row per landed row of shopify.product. #}
with

products as (
    select * from {{ source('shopify', 'product') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.product' as source_table,
        cast(products.id as string) as source_record_id,
        cast(products.id as string) as product_id,
        ---------- strings
        {{ clean_text('products.title') }} as product_name,
        {{ clean_text('products.product_type') }} as category,
        {{ clean_text('products.vendor') }} as brand,
        ---------- booleans
        not coalesce(products._fivetran_deleted, false) as is_active,
        ---------- timestamps
        coalesce(products.published_at, products.created_at) as launched_at,
        coalesce(products.updated_at, products.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('products') }},
        {{ reject_reason([
            ('products.id is null', 'null key'),
            (is_bad_time('coalesce(products.updated_at, products.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('products') }} as payload
    from products
)

select * from final
