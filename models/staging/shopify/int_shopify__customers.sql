{# One row per accepted landed row of a shop account, with its tags and its default address, as far
   as that is the account holder's own. A tag or address that lands later changes the record:
   batch_id is the last batch that brought any part. #}
with

stg_shopify__customers as (
    select * from {{ ref('stg_shopify__customers') }}
    where reject_reason is null
),

stg_shopify__customer_tags as (
    select * from {{ ref('stg_shopify__customer_tags') }}
),

stg_shopify__customer_addresses as (
    select * from {{ ref('stg_shopify__customer_addresses') }}
),

latest_tags as (
    {{ latest_version('stg_shopify__customer_tags', 'source_record_id',
        ['customer_record_id', 'tag']) }}
),

customer_tags as (
    select
        customer_record_id,
        {{ list_to_text(sorted_distinct_list('tag'), ',') }} as tags,
        max(last_batch_id) as last_batch_id
    from latest_tags
    group by customer_record_id
),

latest_addresses as (
    {{ latest_version('stg_shopify__customer_addresses', 'address_id', [
        'customer_record_id', 'given_name', 'company', 'address_line', 'postal_code', 'city',
        'region',
        'country_code', 'is_deleted',
    ]) }}
),

versions as (
    select
        stg_shopify__customers.*,
        {{ name_key('stg_shopify__customers.given_name') }} as given_key,
        max(stg_shopify__customers.batch_id) over (
            partition by stg_shopify__customers.source_record_id
        ) as last_batch_id
    from stg_shopify__customers
),

own_addresses as (
    select
        latest_addresses.*,
        {{ name_key('latest_addresses.given_name') }} as given_key
    from latest_addresses
    where not latest_addresses.is_deleted
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.user_id,
        ---------- strings
        versions.given_name,
        versions.family_name,
        versions.full_name,
        versions.email,
        versions.phone,
        own_addresses.address_line,
        own_addresses.postal_code,
        own_addresses.city,
        own_addresses.region,
        own_addresses.country_code,
        own_addresses.company,
        versions.attributes,
        versions.rejected_values,
        ---------- booleans
        versions.is_email_verified,
        versions.is_deleted,
        versions.is_test or {{ has_tag('customer_tags.tags', ['test']) }} as is_test,
        versions.is_employee
        or {{ has_tag('customer_tags.tags', ['staff', 'employee', 'empleado']) }} as is_employee,
        versions.is_deceased
        or {{ has_tag('customer_tags.tags', ['deceased', 'fallecido', 'fallecida']) }}
            as is_deceased,
        versions.is_fraudulent
        or {{ has_tag('customer_tags.tags', ['fraud', 'fraude']) }} as is_fraudulent,
        ---------- timestamps
        versions.created_at,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id,
            coalesce(customer_tags.last_batch_id, 0),
            coalesce(latest_addresses.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join customer_tags on versions.source_record_id = customer_tags.customer_record_id
    left join latest_addresses on versions.default_address_id = latest_addresses.address_id
    left join own_addresses
        on
            versions.default_address_id = own_addresses.address_id
            and versions.source_record_id = own_addresses.customer_record_id
            and {{ same_given_name('versions.given_key', 'own_addresses.given_key') }}
)

select * from final
