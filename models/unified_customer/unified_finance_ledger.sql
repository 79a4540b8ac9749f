{# One row per posting of the finance ledger. #}
with

harmonized_finance_ledger as (
    select * from {{ ref('harmonized_finance_ledger') }}
),

final as (
    select
        source_name,
        source_table,
        source_record_id,
        posting_id,
        account,
        order_id,
        line_id,
        document_type,
        currency,
        amount,
        posted_at,
        recorded_at,
        landed_at,
        batch_id
    from harmonized_finance_ledger
    where posted_at <= {{ as_of() }}
)

select * from final
