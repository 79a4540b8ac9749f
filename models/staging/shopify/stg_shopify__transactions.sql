{# One row per landed row of shopify.transaction: money that moved for an order. Money given back is
   a row of its own with nothing paid, so that paid less refunded is what was kept. An authorisation
   moves no money yet (pending), a void never will (failed). #}
with

transactions as (
    select * from {{ source('shopify', 'transaction') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.transaction' as source_table,
        cast(transactions.id as string) as source_record_id,
        cast(transactions.id as string) as payment_id,
        cast(transactions.order_id as string) as order_id,
        ---------- strings
        lower({{ clean_text('transactions.gateway') }}) as payment_method,
        lower({{ clean_text('transactions.payment_credit_card_company') }}) as payment_brand,
        case
            when lower(transactions.status) in ('failure', 'error') then 'failed'
            when lower(transactions.kind) = 'void' then 'failed'
            when lower(transactions.status) <> 'success' then 'pending'
            when lower(transactions.kind) = 'authorization' then 'pending'
            when lower(transactions.kind) = 'refund' then 'refunded'
            else 'succeeded'
        end as status,
        case
            when lower(transactions.status) in ('failure', 'error')
                then
                    coalesce(
                        lower({{ clean_text('transactions.error_code') }}),
                        {{ clean_text('transactions.message') }}
                    )
        end as failure_reason,
        upper({{ clean_text('transactions.currency') }}) as currency,
        ---------- numbers
        cast(case
            when lower(transactions.kind) in ('refund', 'void') then 0
            else round(transactions.amount, 2)
        end as decimal(18, 2)) as amount,
        cast(case
            when lower(transactions.kind) = 'refund' and lower(transactions.status) = 'success'
                then round(abs(transactions.amount), 2)
            else 0
        end as decimal(18, 2)) as amount_refunded,
        ---------- booleans
        coalesce(transactions.test, false) as is_test,
        ---------- timestamps
        coalesce(transactions.processed_at, transactions.created_at) as paid_at,
        case
            when lower(transactions.kind) = 'refund' and lower(transactions.status) = 'success'
                then coalesce(transactions.processed_at, transactions.created_at)
        end as refunded_at,
        coalesce(
            transactions._fivetran_synced, transactions.processed_at, transactions.created_at
        ) as recorded_at,
        ---------- metadata
        {{ landing_columns('transactions') }},
        {{ reject_reason([
            ('transactions.id is null', 'null key'),
            (is_bad_time('coalesce(transactions.processed_at, transactions.created_at)'),
                'bad time'),
            ('transactions.amount is null', 'no amount'),
        ]) }} as reject_reason,
        {{ row_as_json('transactions') }} as payload
    from transactions
)

select * from final
