{# One row per landed row of the product master. #}
with

products as (
    select * from {{ source('erp', 'products') }}
),

final as (
    select
        ---------- ids
        'erp' as source_name,
        'erp.products' as source_table,
        {{ clean_id('products.product_id') }} as source_record_id,
        {{ clean_id('products.product_id') }} as product_id,

        ---------- strings
        {{ clean_text('products.product_name') }} as product_name,
        {{ clean_text('products.category') }} as category,
        {{ clean_text('products.family') }} as family,
        {{ clean_text('products.brand') }} as brand,
        upper({{ clean_text('products.currency') }}) as currency,

        ---------- numbers
        cast(products.list_price as decimal(18, 4)) as list_price,
        cast(products.unit_cost as decimal(18, 4)) as unit_cost,

        ---------- booleans
        products.is_consumable,
        products.is_active,

        ---------- timestamps
        products.launched_at,

        ---------- metadata
        products.updated_at as recorded_at,
        {{ landing_columns('products') }},
        {{ reject_reason([
            (clean_id('products.product_id') ~ ' is null', 'null key'),
            (is_bad_time('products.updated_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('products') }} as payload
    from products
)

select * from final
