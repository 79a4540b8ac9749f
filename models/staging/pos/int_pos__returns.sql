{# One row per landed line of a receipt that takes goods back, as a return in the shop against the
   line first sold. Who brought them and in which currency stands on the receipt. #}
with

return_lines as (
    select
        stg_pos__receipt_lines.*,
        max(stg_pos__receipt_lines.batch_id) over (
            partition by stg_pos__receipt_lines.source_record_id
        ) as last_batch_id
    from {{ ref('stg_pos__receipt_lines') }} as stg_pos__receipt_lines
    where stg_pos__receipt_lines.line_type = 'return'
),

receipts as (
    select * from {{ ref('stg_pos__receipts') }}
),

latest_receipts as (
    {{ latest_version('receipts', 'order_id', ['loyalty_number', 'email', 'currency'],
        'order_id in (select return_lines.receipt_id from return_lines)') }}
),

final as (
    select
        ---------- ids
        return_lines.source_name,
        return_lines.source_table,
        return_lines.source_record_id,
        return_lines.receipt_line_id as return_id,
        return_lines.original_receipt_id as order_id,
        return_lines.original_receipt_line_id as line_id,
        latest_receipts.loyalty_number,
        return_lines.product_id,
        return_lines.variant_id,

        ---------- strings
        latest_receipts.email,
        latest_receipts.currency,
        'store' as return_method,
        return_lines.return_reason,

        ---------- numbers
        -return_lines.quantity as quantity,
        -- what the customer gets back: the goods and their tax
        cast(
            abs(return_lines.amount) + abs(coalesce(return_lines.tax, 0)) as decimal(18, 2)
        ) as amount,

        ---------- timestamps
        return_lines.receipt_at as returned_at,

        ---------- metadata
        return_lines.recorded_at,
        greatest(return_lines.last_batch_id, coalesce(latest_receipts.last_batch_id, 0))
            as batch_id,
        return_lines.batch_id as first_batch_id,
        return_lines.landed_at,
        return_lines.landed_file,
        return_lines.landed_row,
        return_lines.reject_reason,
        return_lines.payload
    from return_lines
    left join latest_receipts on return_lines.receipt_id = latest_receipts.order_id
)

select * from final
