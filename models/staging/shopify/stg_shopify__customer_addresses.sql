{# One row per landed row of shopify.customer_address: an entry of the address book of a shop
   account, which need not be the account holder's own. #}
with

customer_addresses as (
    select * from {{ source('shopify', 'customer_address') }}
),

located as (
    select
        customer_addresses.*,
        {{ row_as_json('customer_addresses') }} as payload,
        coalesce(
            {{ normalize_country_code('customer_addresses.country_code') }},
            {{ normalize_country_code('customer_addresses.country') }}
        ) as normal_country_code
    from customer_addresses
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.customer_address' as source_table,
        'address-' || cast(located.id as string) as source_record_id,
        cast(located.id as string) as address_id,
        cast(located.customer_id as string) as customer_record_id,
        ---------- strings
        'shipping' as label,
        {{ normalize_name('located.first_name') }} as given_name,
        coalesce(
            {{ normalize_name('located.name') }},
            {{ person_name('located.first_name', 'located.last_name') }}
        ) as full_name,
        {{ clean_text('located.company') }} as company,
        {{ normalize_phone('located.phone', 'located.normal_country_code') }} as phone,
        {{ clean_text('located.address_1') }} as address_line,
        {{ normalize_postal_code('located.zip', 'located.normal_country_code') }} as postal_code,
        {{ clean_text('located.city') }} as city,
        {{ clean_text('located.province') }} as region,
        located.normal_country_code as country_code,
        ---------- booleans
        located.is_default as is_primary,
        coalesce(located._fivetran_deleted, false) as is_deleted,
        ---------- timestamps
        located._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('located') }},
        {{ reject_reason([
            ('located.id is null or located.customer_id is null', 'null key'),
        ]) }} as reject_reason,
        located.payload
    from located
)

select * from final
