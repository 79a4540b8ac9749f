{# One row per landed line of a receipt that takes goods back, as a return in the shop against the line first sold. #}
with

receipt_lines as (
    select * from {{ ref('stg_pos__receipt_lines') }}
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        source_record_id,
        receipt_line_id as return_id,
        original_receipt_id as order_id,
        original_receipt_line_id as line_id,
        product_id,
        variant_id,

        ---------- strings
        'store' as return_method,
        return_reason,

        ---------- numbers
        -quantity as quantity,
        abs(amount) as amount,

        ---------- timestamps
        receipt_at as returned_at,

        ---------- metadata
        recorded_at,
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from receipt_lines
    where line_type = 'return'
)

select * from final
