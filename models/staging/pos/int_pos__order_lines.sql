{# One row per landed line of a receipt that sells. #}
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
        receipt_id as order_id,
        receipt_line_id as line_id,
        product_id,
        variant_id,
        sku,

        ---------- strings
        product_name,

        ---------- numbers
        quantity,
        unit_price,
        list_price,
        discount,
        tax,
        amount as total,

        ---------- timestamps
        receipt_at as ordered_at,

        ---------- metadata
        recorded_at,
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from receipt_lines
    where line_type = 'sale'
)

select * from final
