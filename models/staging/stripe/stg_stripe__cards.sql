{# One row per landed row of stripe.card: a card, as older
   integrations keep them. Feeds int_stripe__payments. #}
with

cards as (
    select * from {{ source('stripe', 'card') }}
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.card' as source_table,
        {{ clean_id('cards.id') }} as source_record_id,
        {{ clean_id('cards.id') }} as payment_method_id,
        ---------- strings
        lower({{ clean_text('cards.brand') }}) as brand,
        lower({{ clean_text('cards.tokenization_method') }}) as wallet,
        ---------- timestamps
        coalesce(cards._fivetran_synced, cards.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('cards') }},
        {{ reject_reason([
            (clean_id('cards.id') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('cards') }} as payload
    from cards
)

select * from final
