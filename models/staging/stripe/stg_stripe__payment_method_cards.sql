{# One row per landed row of stripe.payment_method_card: brand and
   wallet of a card. Feeds int_stripe__payments. #}
with

payment_method_cards as (
    select * from {{ source('stripe', 'payment_method_card') }}
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.payment_method_card' as source_table,
        {{ clean_id('payment_method_cards.payment_method_id') }} as source_record_id,
        {{ clean_id('payment_method_cards.payment_method_id') }} as payment_method_id,
        ---------- strings
        lower({{ clean_text('payment_method_cards.brand') }}) as brand,
        lower({{ clean_text('payment_method_cards.wallet_type') }}) as wallet,
        ---------- timestamps
        payment_method_cards._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('payment_method_cards') }},
        {{ reject_reason([
            (clean_id('payment_method_cards.payment_method_id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('payment_method_cards') }} as payload
    from payment_method_cards
)

select * from final
