{# One row per landed row of shopify.tender_transaction: money that changed
   hands, and by which means. The transaction of the same money is the payment, so this feeds
   int_shopify__orders alone (the main payment method). #}
with

tender_transactions as (
    select * from {{ source('shopify', 'tender_transaction') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.tender_transaction' as source_table,
        cast(tender_transactions.id as string) as source_record_id,
        cast(tender_transactions.order_id as string) as order_id,
        ---------- strings
        {{ map_values(clean_text('tender_transactions.payment_method'), {
            'credit_card': 'card',
            'android_pay': 'google_pay',
        }, otherwise='lower(' ~ clean_text('tender_transactions.payment_method') ~ ')') }}
            as payment_method,
        ---------- numbers
        cast(round(tender_transactions.amount, 2) as decimal(18, 2)) as amount,
        ---------- timestamps
        tender_transactions.processed_at as paid_at,
        coalesce(tender_transactions._fivetran_synced, tender_transactions.processed_at)
            as recorded_at,
        ---------- metadata
        {{ landing_columns('tender_transactions') }},
        {{ reject_reason([
            ('tender_transactions.id is null', 'null key'),
            (is_bad_time('tender_transactions.processed_at'), 'bad time'),
            ('tender_transactions.amount is null', 'no amount'),
        ]) }} as reject_reason,
        {{ row_as_json('tender_transactions') }} as payload
    from tender_transactions
)

select * from final
