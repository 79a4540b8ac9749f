{# One row per landed row of salesforce_loyalty.loyalty_program_currency: its name. Feeds
   int_salesforce_loyalty__loyalty_events. #}
with

currencies as (
    select * from {{ source('salesforce_loyalty', 'loyalty_program_currency') }}
),

final as (
    select
        ---------- ids
        'salesforce_loyalty' as source_name,
        'salesforce_loyalty.loyalty_program_currency' as source_table,
        {{ clean_id('currencies.id') }} as source_record_id,
        {{ clean_id('currencies.id') }} as currency_id,

        ---------- strings
        {{ clean_text('currencies.name') }} as points_currency,

        ---------- timestamps
        coalesce(currencies.last_modified_date, currencies.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('currencies') }},
        {{ reject_reason([
            (clean_id('currencies.id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('currencies') }} as payload
    from currencies
)

select * from final
