{# One row per landed row of stripe.payment_intent: it knows the method of
   its charges. Feeds int_stripe__payments. #}
with

payment_intents as (
    select * from {{ source('stripe', 'payment_intent') }}
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.payment_intent' as source_table,
        {{ clean_id('payment_intents.id') }} as source_record_id,
        {{ clean_id('payment_intents.id') }} as payment_intent_id,
        {{ clean_text('payment_intents.payment_method_id') }} as payment_method_id,
        ---------- timestamps
        coalesce(payment_intents._fivetran_synced, payment_intents.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('payment_intents') }},
        {{ reject_reason([
            (clean_id('payment_intents.id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('payment_intents') }} as payload
    from payment_intents
)

select * from final
