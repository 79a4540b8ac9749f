{# One row per landed receipt that sells something, as an order.

   A receipt that only gives money back is not an order; its lines are returns. The amount of an
   exchange is what was paid on balance, so it says nothing about the sale: its total is left to its
   lines. #}
with

receipts as (
    select * from {{ ref('stg_pos__receipts') }}
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        source_record_id,
        order_id,
        loyalty_number,
        store_id,

        ---------- strings
        email,
        phone,
        channel,
        status,
        currency,
        coupon_codes,
        payment_method,

        ---------- numbers
        discount,
        case when receipt_type = 'sale' then tax end as tax,
        case when receipt_type = 'sale' then total end as total,

        ---------- timestamps
        ordered_at,

        ---------- metadata
        recorded_at,
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from receipts
    where receipt_type != 'return'
)

select * from final
