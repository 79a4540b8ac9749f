{# One row per landed row of stripe.customer: whoever pays as a person record. #}
with

customers as (
    select * from {{ source('stripe', 'customer') }}
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.customer' as source_table,
        {{ clean_text('customers.id') }} as source_record_id,
        ---------- strings
        {{ normalize_name('coalesce(customers.name, customers.shipping_name)') }} as full_name,
        {{ normalize_email('customers.email') }} as email,
        {{ normalize_phone(
            'coalesce(customers.phone, customers.shipping_phone)',
            normalize_country_code('customers.address_country')
        ) }} as phone,
        {{ clean_text('customers.address_line_1') }} as address_line,
        {{ normalize_postal_code(
            'customers.address_postal_code', normalize_country_code('customers.address_country')
        ) }} as postal_code,
        {{ clean_text('customers.address_city') }} as city,
        {{ normalize_country_code('customers.address_country') }} as country_code,
        ---------- booleans
        coalesce(customers.is_deleted, false) as is_deleted,
        not coalesce(customers.livemode, true) as is_test,
        ---------- timestamps
        customers.created as created_at,
        coalesce(customers._fivetran_synced, customers.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('customers') }},
        {{ reject_reason([
            (clean_text('customers.id') ~ ' is null', 'null key'),
            (is_bad_time('customers.created'), 'time missing or out of range'),
        ]) }} as reject_reason,
        {{ row_as_json('customers') }} as payload
    from customers
)

select * from final
