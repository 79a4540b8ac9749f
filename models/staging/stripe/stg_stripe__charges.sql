{# One row per landed row of stripe.charge: a payment, its amounts brought from minor to major
   units, before its method, refunds and disputes are put to it. The order that it pays is named in
   the metadata that the shop attaches. #}
with

charges as (
    select * from {{ source('stripe', 'charge') }}
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.charge' as source_table,
        {{ clean_id('charges.id') }} as source_record_id,
        {{ clean_id('charges.id') }} as payment_id,
        {{ clean_text(json_text('charges.metadata', 'order_id')) }} as order_id,
        {{ clean_text('charges.customer_id') }} as customer_record_id,
        {{ clean_text('charges.payment_intent_id') }} as payment_intent_id,
        coalesce(
            {{ clean_text('charges.payment_method_id') }},
            {{ clean_text('charges.card_id') }},
            {{ clean_text('charges.source_id') }}
        ) as payment_method_id,
        ---------- strings
        {{ normalize_email('charges.receipt_email') }} as email,
        {{ normalize_phone('charges.shipping_phone') }} as phone,
        case
            when charges.card_id is not null then 'card'
            when charges.bank_account_id is not null then 'bank_transfer'
        end as payment_method,
        lower({{ clean_text('charges.failure_code') }}) as failure_reason,
        case
            when
                coalesce(charges.refunded, false)
                or (charges.amount > 0 and charges.amount_refunded >= charges.amount)
                then 'refunded'
            else {{ map_values('trim(charges.status)', {
                'succeeded': 'succeeded',
                'pending': 'pending',
            }, otherwise="'failed'") }}
        end as status,
        upper({{ clean_text('charges.currency') }}) as currency,
        ---------- numbers
        {{ minor_to_major('charges.amount', 'charges.currency') }} as amount,
        {{ minor_to_major('coalesce(charges.amount_refunded, 0)', 'charges.currency') }}
            as amount_refunded,
        ---------- booleans
        not coalesce(charges.livemode, true) as is_test,
        ---------- timestamps
        charges.created as paid_at,
        coalesce(charges._fivetran_synced, charges.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('charges') }},
        {{ reject_reason([
            (clean_id('charges.id') ~ ' is null', 'null key'),
            (is_bad_time('charges.created'), 'bad time'),
            ('charges.amount is null', 'no amount'),
            (clean_text('charges.currency') ~ ' is null', 'no currency'),
        ]) }} as reject_reason,
        {{ row_as_json('charges') }} as payload
    from charges
)

select * from final
