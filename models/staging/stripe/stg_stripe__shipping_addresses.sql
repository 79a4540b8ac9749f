{# One row per landed row of stripe.customer: the address that goods go to, an entry of the payer's
   address book beside the own address, empty ones included: an address taken off again must be seen
   to be gone. Feeds int_stripe__shipping_addresses. #}
with

customers as (
    select * from {{ source('stripe', 'customer') }}
),

located as (
    select
        customers.*,
        {{ row_as_json('customers') }} as payload,
        {{ normalize_country_code('customers.shipping_address_country') }} as country_code,
        {{ clean_text('customers.shipping_address_line_1') }} as address_line
    from customers
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.customer' as source_table,
        {{ clean_id('located.id') }} || '-shipping' as source_record_id,
        {{ clean_id('located.id') }} as customer_record_id,
        ---------- strings
        'shipping' as label,
        {{ normalize_name('located.shipping_name') }} as full_name,
        {{ normalize_phone('located.shipping_phone', 'located.country_code') }} as phone,
        located.address_line,
        {{ normalize_postal_code('located.shipping_address_postal_code', 'located.country_code') }}
            as postal_code,
        {{ clean_text('located.shipping_address_city') }} as city,
        {{ clean_text('located.shipping_address_state') }} as region,
        located.country_code,
        ---------- booleans
        coalesce(located.is_deleted, false)
        or coalesce(
            located.address_line, {{ clean_text('located.shipping_address_postal_code') }}
        ) is null as is_deleted,
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
