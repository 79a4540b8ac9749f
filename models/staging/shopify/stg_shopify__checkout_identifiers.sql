{# One row per landed row of shopify.abandoned_checkout with a phone. An event carries an e-mail and
   no phone, so the phone is an identifier beside it. #}
with

abandoned_checkouts as (
    select * from {{ source('shopify', 'abandoned_checkout') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.abandoned_checkout' as source_table,
        'checkout-' || cast(abandoned_checkouts.id as string) as source_record_id,
        cast(abandoned_checkouts.id as string) as entity_record_id,
        ---------- strings
        'events' as entity,
        'phone' as identifier_type,
        {{ normalize_phone('abandoned_checkouts.phone') }} as identifier_value,
        ---------- timestamps
        abandoned_checkouts.created_at as observed_at,
        coalesce(abandoned_checkouts.updated_at, abandoned_checkouts.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('abandoned_checkouts') }},
        {{ reject_reason([
            ('abandoned_checkouts.id is null', 'null key'),
            (is_bad_time('abandoned_checkouts.created_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('abandoned_checkouts') }} as payload
    from abandoned_checkouts
    where {{ normalize_phone('abandoned_checkouts.phone') }} is not null
)

select * from final
