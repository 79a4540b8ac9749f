{# One row per landed row of shopify.tax_line: one tax on an order line. Feeds
   int_shopify__order_lines. #}
with

tax_lines as (
    select * from {{ source('shopify', 'tax_line') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.tax_line' as source_table,
        cast(tax_lines.order_line_id as string) || '-' || cast(tax_lines.index as string)
            as source_record_id,
        cast(tax_lines.order_line_id as string) as line_id,
        ---------- numbers
        cast(tax_lines.price as decimal(18, 4)) as amount,
        ---------- timestamps
        tax_lines._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('tax_lines') }},
        {{ reject_reason([
            ('tax_lines.order_line_id is null or tax_lines.index is null', 'null key'),
            ('tax_lines.price is null', 'no amount'),
        ]) }} as reject_reason,
        {{ row_as_json('tax_lines') }} as payload
    from tax_lines
)

select * from final
