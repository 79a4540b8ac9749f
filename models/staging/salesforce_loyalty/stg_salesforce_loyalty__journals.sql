{# One row per landed row of salesforce_loyalty.transaction_journal: the order behind a
   movement of points. Feeds int_salesforce_loyalty__loyalty_events. #}
with

journals as (
    select * from {{ source('salesforce_loyalty', 'transaction_journal') }}
),

final as (
    select
        ---------- ids
        'salesforce_loyalty' as source_name,
        'salesforce_loyalty.transaction_journal' as source_table,
        {{ clean_id('journals.id') }} as source_record_id,
        {{ clean_id('journals.id') }} as journal_id,
        {{ clean_text('journals.external_transaction_number') }} as order_id,

        ---------- timestamps
        coalesce(journals.last_modified_date, journals.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('journals') }},
        {{ reject_reason([
            (clean_id('journals.id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('journals') }} as payload
    from journals
)

select * from final
