{# One row per landed row of stripe.payment_method: the billing details that a payer gave with a
   card or account, as an entry of the payer's address book. Its type is the method of the payments.
   #}
with

payment_methods as (
    select * from {{ source('stripe', 'payment_method') }}
),

located as (
    select
        payment_methods.*,
        {{ row_as_json('payment_methods') }} as payload,
        {{ normalize_country_code('payment_methods.billing_detail_address_country') }}
            as country_code
    from payment_methods
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.payment_method' as source_table,
        {{ clean_id('located.id') }} as source_record_id,
        {{ clean_id('located.id') }} as payment_method_id,
        {{ clean_text('located.customer_id') }} as customer_record_id,
        ---------- strings
        'billing' as label,
        {{ map_values(clean_text('located.type'), {
            'card_present': 'card',
            'sepa_debit': 'direct_debit',
            'bacs_debit': 'direct_debit',
            'us_bank_account': 'bank_transfer',
            'customer_balance': 'bank_transfer',
        }, otherwise='lower(' ~ clean_text('located.type') ~ ')') }} as payment_method,
        {{ normalize_name('located.billing_detail_name') }} as full_name,
        {{ normalize_email('located.billing_detail_email') }} as email,
        {{ normalize_phone('located.billing_detail_phone', 'located.country_code') }} as phone,
        {{ clean_text('located.billing_detail_address_line_1') }} as address_line,
        {{ normalize_postal_code(
            'located.billing_detail_address_postal_code', 'located.country_code'
        ) }} as postal_code,
        {{ clean_text('located.billing_detail_address_city') }} as city,
        {{ clean_text('located.billing_detail_address_state') }} as region,
        located.country_code,
        ---------- timestamps
        located.created as created_at,
        coalesce(located._fivetran_synced, located.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('located') }},
        {{ reject_reason([
            (clean_id('located.id') ~ ' is null', 'null key'),
            (is_bad_time('located.created'), 'bad time'),
        ]) }} as reject_reason,
        located.payload
    from located
)

select * from final
