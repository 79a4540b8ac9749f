{# One row per landed row of shopify.order that says who gets the goods: a person record for the
   buyer, with the address that accounts lack and guests never register. A parcel billed to one
   given name and sent to another is a gift: its name, phone and address are not the buyer's and
   make no record. #}
with

orders as (
    select * from {{ source('shopify', 'order') }}
),

located as (
    select
        orders.*,
        {{ row_as_json('orders') }} as payload,
        {{ normalize_country_code('orders.shipping_address_country_code') }} as country_code,
        {{ name_key('orders.shipping_address_first_name') }} as parcel_given_key,
        {{ name_key('orders.billing_address_first_name') }} as bill_given_key
    from orders
),

own_parcels as (
    select *
    from located
    where
        coalesce(
            shipping_address_first_name,
            shipping_address_last_name,
            shipping_address_phone,
            shipping_address_address_1
        ) is not null
        and {{ same_given_name('parcel_given_key', 'bill_given_key') }}
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
        {{ person_name(
            'own_parcels.shipping_address_first_name', 'own_parcels.shipping_address_last_name'
        ) }} as full_name,
        {{ normalize_email('own_parcels.email') }} as email,
        {{ normalize_phone(
            'coalesce(own_parcels.shipping_address_phone, own_parcels.phone)',
            'own_parcels.country_code'
        ) }} as phone,
        {{ clean_text('own_parcels.shipping_address_address_1') }} as address_line,
        {{ normalize_postal_code('own_parcels.shipping_address_zip', 'own_parcels.country_code') }}
            as postal_code,
        {{ clean_text('own_parcels.shipping_address_city') }} as city,
        {{ clean_text('own_parcels.shipping_address_province') }} as region,
        own_parcels.country_code,
        {{ clean_text('own_parcels.shipping_address_company') }} as company,
        {{ rejected_values([
            ('email', 'own_parcels.email', normalize_email('own_parcels.email')),
            (
                'phone',
                'coalesce(own_parcels.shipping_address_phone, own_parcels.phone)',
                normalize_phone(
                    'coalesce(own_parcels.shipping_address_phone, own_parcels.phone)',
                    'own_parcels.country_code'
                ),
            ),
            (
                'postal_code',
                'own_parcels.shipping_address_zip',
                normalize_postal_code(
                    'own_parcels.shipping_address_zip', 'own_parcels.country_code'
                ),
            ),
            (
                'country_code',
                'own_parcels.shipping_address_country_code',
                'own_parcels.country_code',
            ),
        ]) }} as rejected_values,
        ---------- booleans
        coalesce(own_parcels._fivetran_deleted, false) as is_deleted,
        coalesce(own_parcels.test, false) as is_test,
        ---------- timestamps
        own_parcels.created_at,
        coalesce(own_parcels.updated_at, own_parcels.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('own_parcels') }},
        {{ reject_reason([
            ('own_parcels.id is null', 'null key'),
            (is_bad_time('coalesce(own_parcels.processed_at, own_parcels.created_at)'), 'bad time'),
            (is_bad_time('coalesce(own_parcels.updated_at, own_parcels.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        own_parcels.payload
    from own_parcels
)

select * from final
