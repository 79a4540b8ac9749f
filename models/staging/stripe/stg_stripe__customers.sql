{# One row per landed row of stripe.customer: whoever pays as a person record. The shop attaches the
   id of its own account to the metadata. #}
with

customers as (
    select * from {{ source('stripe', 'customer') }}
),

located as (
    select
        customers.*,
        {{ row_as_json('customers') }} as payload,
        {{ normalize_country_code('customers.address_country') }} as country_code
    from customers
),

final as (
    select
        ---------- ids
        'stripe' as source_name,
        'stripe.customer' as source_table,
        {{ clean_id('located.id') }} as source_record_id,
        {{ clean_text(json_text('located.metadata', 'shopify_customer_id')) }} as user_id,
        ---------- strings
        {{ normalize_name('coalesce(located.name, located.shipping_name)') }} as full_name,
        {{ normalize_email('located.email') }} as email,
        {{ normalize_phone(
            'coalesce(located.phone, located.shipping_phone)', 'located.country_code'
        ) }} as phone,
        {{ clean_text('located.address_line_1') }} as address_line,
        {{ normalize_postal_code('located.address_postal_code', 'located.country_code') }}
            as postal_code,
        {{ clean_text('located.address_city') }} as city,
        {{ clean_text('located.address_state') }} as region,
        located.country_code,
        {{ json_object([
            ('description', clean_text('located.description')),
            ('delinquent', 'cast(located.delinquent as string)'),
            ('tax_exempt', clean_text('located.tax_exempt')),
            ('metadata', clean_text('located.metadata')),
        ]) }} as attributes,
        {{ rejected_values([
            ('email', 'located.email', normalize_email('located.email')),
            ('phone', 'located.phone', normalize_phone('located.phone', 'located.country_code')),
            (
                'postal_code',
                'located.address_postal_code',
                normalize_postal_code('located.address_postal_code', 'located.country_code'),
            ),
            ('country_code', 'located.address_country', 'located.country_code'),
        ]) }} as rejected_values,
        ---------- booleans
        coalesce(located.is_deleted, false) as is_deleted,
        not coalesce(located.livemode, true) as is_test,
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
