{# One row per landed row of shopify.customer: a shop account as a person record, without the tags
   and addresses that come in tables of their own (int_shopify__customers brings them together). #}
with

customers as (
    select * from {{ source('shopify', 'customer') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.customer' as source_table,
        cast(customers.id as string) as source_record_id,
        cast(customers.id as string) as user_id,
        cast(customers.default_address_id as string) as default_address_id,
        ---------- strings
        {{ normalize_name('customers.first_name') }} as given_name,
        {{ normalize_name('customers.last_name') }} as family_name,
        {{ person_name('customers.first_name', 'customers.last_name') }} as full_name,
        {{ normalize_email('customers.email') }} as email,
        {{ normalize_phone('customers.phone') }} as phone,
        {{ json_object([
            ('state', clean_text('customers.state')),
            ('tags', clean_text('customers.tags')),
        ]) }} as attributes,
        {{ rejected_values([
            ('given_name', 'customers.first_name', normalize_name('customers.first_name')),
            ('family_name', 'customers.last_name', normalize_name('customers.last_name')),
            ('email', 'customers.email', normalize_email('customers.email')),
            ('phone', 'customers.phone', normalize_phone('customers.phone')),
        ]) }} as rejected_values,
        ---------- booleans
        case
            when {{ normalize_email('customers.email') }} is not null then customers.verified_email
        end as is_email_verified,
        coalesce(customers._fivetran_deleted, false) as is_deleted,
        {{ has_tag('customers.tags', ['test']) }} as is_test,
        {{ has_tag('customers.tags', ['staff', 'employee', 'empleado']) }} as is_employee,
        {{ has_tag('customers.tags', ['deceased', 'fallecido', 'fallecida']) }} as is_deceased,
        {{ has_tag('customers.tags', ['fraud', 'fraude']) }} as is_fraudulent,
        ---------- timestamps
        customers.created_at,
        coalesce(customers.updated_at, customers.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('customers') }},
        {{ reject_reason([
            ('customers.id is null', 'null key'),
            (is_bad_time('customers.created_at'), 'bad time'),
            (is_bad_time('coalesce(customers.updated_at, customers.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('customers') }} as payload
    from customers
)

select * from final
