{# One row per landed posting of the finance ledger. #}
with

finance_ledger as (
    select * from {{ source('erp', 'finance_ledger') }}
),

final as (
    select
        ---------- ids
        'erp' as source_name,
        'erp.finance_ledger' as source_table,
        {{ clean_id('finance_ledger.posting_id') }} as source_record_id,
        {{ clean_id('finance_ledger.posting_id') }} as posting_id,
        {{ clean_text('finance_ledger.order_id') }} as order_id,
        {{ clean_text('finance_ledger.line_id') }} as line_id,

        ---------- strings
        {{ snake_case(clean_text('finance_ledger.account')) }} as account,
        {{ snake_case(clean_text('finance_ledger.document_type')) }} as document_type,
        upper({{ clean_text('finance_ledger.currency') }}) as currency,

        ---------- numbers
        cast(finance_ledger.amount as decimal(18, 2)) as amount,

        ---------- timestamps
        finance_ledger.posted_at,

        ---------- metadata
        finance_ledger.posted_at as recorded_at,
        {{ landing_columns('finance_ledger') }},
        {{ reject_reason([
            (clean_id('finance_ledger.posting_id') ~ ' is null', 'null key'),
            (is_bad_time('finance_ledger.posted_at'), 'bad time'),
            ('finance_ledger.amount is null', 'no amount'),
        ]) }} as reject_reason,
        {{ row_as_json('finance_ledger') }} as payload
    from finance_ledger
)

select * from final
