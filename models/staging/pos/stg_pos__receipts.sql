{# One row per landed till receipt: sales and returns. int_pos__orders takes the sales. #}
with

receipts as (
    select * from {{ source('pos', 'receipts') }}
),

final as (
    select
        ---------- ids
        'pos' as source_name,
        'pos.receipts' as source_table,
        {{ clean_id('receipts.receipt_id') }} as source_record_id,
        {{ clean_id('receipts.receipt_id') }} as order_id,
        {{ clean_text('receipts.loyalty_number') }} as loyalty_number,
        {{ clean_text('receipts.store_id') }} as store_id,

        ---------- strings
        {{ map_values(clean_text('receipts.receipt_type'), {
            'return': 'return',
            'refund': 'return',
            'exchange': 'exchange',
        }, otherwise="'sale'") }} as receipt_type,
        {{ normalize_email('receipts.email') }} as email,
        {{ normalize_phone('receipts.phone') }} as phone,
        'store' as channel,
        {{ map_values(clean_text('receipts.receipt_type'), {
            'void': 'cancelled',
            'voided': 'cancelled',
            'cancelled': 'cancelled',
        }, otherwise="'completed'") }} as status,
        upper({{ clean_text('receipts.currency') }}) as currency,
        {{ clean_text('receipts.coupon_code') }} as coupon_codes,
        lower({{ clean_text('receipts.payment_method') }}) as payment_method,

        ---------- numbers
        cast(receipts.discount_amount as decimal(18, 2)) as discount,
        cast(receipts.tax_amount as decimal(18, 2)) as tax,
        -- the till counts without tax, the customer pays with it
        cast(receipts.net_amount + coalesce(receipts.tax_amount, 0) as decimal(18, 2)) as total,

        ---------- timestamps
        receipts.receipt_at as ordered_at,

        ---------- metadata
        coalesce(receipts.updated_at, receipts.receipt_at) as recorded_at,
        {{ landing_columns('receipts') }},
        {{ reject_reason([
            (clean_id('receipts.receipt_id') ~ ' is null', 'null key'),
            (is_bad_time('receipts.receipt_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('receipts') }} as payload
    from receipts
)

select * from final
