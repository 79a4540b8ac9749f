{# One row per landed count of a variant at a site. #}
with

stock as (
    select * from {{ source('erp', 'stock') }}
),

identified as (
    select
        stock.*,
        {{ row_as_json('stock') }} as payload,
        {{ clean_id('stock.variant_id') }} as clean_variant_id,
        {{ clean_id('stock.site_id') }} as clean_site_id
    from stock
),

final as (
    select
        ---------- ids
        'erp' as source_name,
        'erp.stock' as source_table,
        identified.clean_variant_id || '|' || identified.clean_site_id || '|'
        || cast(identified.observed_at as string)
            as source_record_id,
        identified.clean_variant_id as variant_id,
        {{ clean_text('identified.product_id') }} as product_id,
        identified.clean_site_id as site_id,

        ---------- numbers
        identified.on_hand,
        identified.available_to_promise,

        ---------- booleans
        identified.preorder_open,

        ---------- dates
        identified.restock_date,

        ---------- timestamps
        identified.observed_at,

        ---------- metadata
        identified.observed_at as recorded_at,
        {{ landing_columns('identified') }},
        {{ reject_reason([
            ('identified.clean_variant_id is null or identified.clean_site_id is null', 'null key'),
            (is_bad_time('identified.observed_at'), 'bad time'),
        ]) }} as reject_reason,
        identified.payload
    from identified
)

select * from final
