{# One row per landed line of a receipt: sold (line_type sale) or taken back (line_type return).
   int_pos__order_lines and int_pos__returns take one kind each. #}
with

receipt_lines as (
    select * from {{ source('pos', 'receipt_lines') }}
),

identified as (
    select
        receipt_lines.*,
        {{ row_as_json('receipt_lines') }} as payload,
        {{ clean_id('receipt_lines.receipt_id') }} as clean_receipt_id,
        {{ clean_text('receipt_lines.original_receipt_id') }} as clean_original_receipt_id
    from receipt_lines
),

final as (
    select
        ---------- ids
        'pos' as source_name,
        'pos.receipt_lines' as source_table,
        identified.clean_receipt_id || '-' || cast(identified.line_no as string)
            as source_record_id,
        identified.clean_receipt_id as receipt_id,
        identified.clean_receipt_id || '-' || cast(identified.line_no as string)
            as receipt_line_id,
        identified.clean_original_receipt_id as original_receipt_id,
        identified.clean_original_receipt_id || '-' || cast(identified.original_line_no as string)
            as original_receipt_line_id,
        {{ clean_text('identified.product_id') }} as product_id,
        {{ clean_text('identified.variant_id') }} as variant_id,
        {{ clean_text('identified.sku') }} as sku,

        ---------- strings
        case when identified.quantity < 0 then 'return' else 'sale' end as line_type,
        {{ clean_text('identified.description') }} as product_name,
        {{ clean_text('identified.return_reason') }} as return_reason,

        ---------- numbers
        identified.quantity,
        cast(identified.unit_price as decimal(18, 4)) as unit_price,
        cast(identified.list_price as decimal(18, 4)) as list_price,
        cast(identified.discount_amount as decimal(18, 2)) as discount,
        cast(identified.tax_amount as decimal(18, 2)) as tax,
        cast(identified.line_amount as decimal(18, 2)) as amount,

        ---------- timestamps
        identified.receipt_at,

        ---------- metadata
        identified.receipt_at as recorded_at,
        {{ landing_columns('identified') }},
        {{ reject_reason([
            ('identified.clean_receipt_id is null or identified.line_no is null', 'null key'),
            (is_bad_time('identified.receipt_at'), 'bad time'),
            ('identified.quantity is null', 'no quantity'),
        ]) }} as reject_reason,
        identified.payload
    from identified
)

select * from final
