{# One row per landed row of the list of stock-keeping units. #}
with

variants as (
    select * from {{ source('erp', 'variants') }}
),

final as (
    select
        ---------- ids
        'erp' as source_name,
        'erp.variants' as source_table,
        {{ clean_id('variants.variant_id') }} as source_record_id,
        {{ clean_id('variants.variant_id') }} as variant_id,
        {{ clean_text('variants.product_id') }} as product_id,
        {{ clean_text('variants.sku') }} as sku,
        {{ clean_text('variants.barcode') }} as barcode,

        ---------- strings
        {{ clean_text('variants.size') }} as size,
        {{ clean_text('variants.colour') }} as colour,
        upper({{ clean_text('variants.currency') }}) as currency,

        ---------- numbers
        cast(variants.list_price as decimal(18, 4)) as list_price,
        cast(variants.unit_cost as decimal(18, 4)) as unit_cost,

        ---------- metadata
        variants.updated_at as recorded_at,
        {{ landing_columns('variants') }},
        {{ reject_reason([
            (clean_id('variants.variant_id') ~ ' is null', 'null key'),
            (is_bad_time('variants.updated_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('variants') }} as payload
    from variants
)

select * from final
