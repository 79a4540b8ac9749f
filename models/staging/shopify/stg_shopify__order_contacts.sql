{# One row per landed row of shopify.order that says who gets the goods: a person record for the buyer, with the
   address that accounts lack and guests never register. A parcel billed to one name and sent to another is a
   gift: its name, phone and address are not the buyer's and make no record. #}
with

orders as (
    select * from {{ source('shopify', 'order') }}
),

own_parcels as (
    select orders.*
    from orders
    where
        coalesce(
            orders.shipping_address_first_name,
            orders.shipping_address_last_name,
            orders.shipping_address_phone,
            orders.shipping_address_address_1
        ) is not null
        and (
            coalesce(orders.billing_address_first_name, orders.billing_address_last_name) is null
            or lower(
                coalesce(orders.billing_address_first_name, '')
                || coalesce(orders.billing_address_last_name, '')
            ) = lower(
                coalesce(orders.shipping_address_first_name, '')
                || coalesce(orders.shipping_address_last_name, '')
            )
        )
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.order' as source_table,
        'order-' || cast(own_parcels.id as string) as source_record_id,
        cast(own_parcels.customer_id as string) as user_id,
        ---------- strings
        {{ normalize_name('own_parcels.shipping_address_first_name') }} as given_name,
        {{ normalize_name('own_parcels.shipping_address_last_name') }} as family_name,
        {{ normalize_name(
            "coalesce(own_parcels.shipping_address_first_name, '') || ' ' "
            ~ "|| coalesce(own_parcels.shipping_address_last_name, '')"
        ) }} as full_name,
        {{ normalize_email('own_parcels.email') }} as email,
        {{ normalize_phone(
            'coalesce(own_parcels.shipping_address_phone, own_parcels.phone)',
            normalize_country_code('own_parcels.shipping_address_country_code')
        ) }} as phone,
        {{ clean_text('own_parcels.shipping_address_address_1') }} as address_line,
        {{ normalize_postal_code(
            'own_parcels.shipping_address_zip',
            normalize_country_code('own_parcels.shipping_address_country_code')
        ) }} as postal_code,
        {{ clean_text('own_parcels.shipping_address_city') }} as city,
        {{ clean_text('own_parcels.shipping_address_province') }} as region,
        {{ normalize_country_code('own_parcels.shipping_address_country_code') }} as country_code,
        ---------- booleans
        coalesce(own_parcels._fivetran_deleted, false) as is_deleted,
        coalesce(own_parcels.test, false) as is_test,
        ---------- timestamps
        own_parcels.created_at as created_at,
        coalesce(own_parcels.updated_at, own_parcels.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('own_parcels') }},
        {{ reject_reason([
            ('own_parcels.id is null', 'null key'),
            (is_bad_time('coalesce(own_parcels.processed_at, own_parcels.created_at)'),
                'time missing or out of range'),
            (is_bad_time('coalesce(own_parcels.updated_at, own_parcels.created_at)'),
                'time missing or out of range'),
        ]) }} as reject_reason,
        {{ row_as_json('own_parcels') }} as payload
    from own_parcels
)

select * from final
