{{ config(materialized='table') }}

{# One row per person record and contact point that it states, in whatever place the record keeps
   it. Of its address book, what bears the person's own name or none: an address book also holds
   those who get presents. #}
with

int_customer__records as (
    select
        customer_id,
        source_name,
        source_record_id,
        email,
        phone,
        full_name,
        first_name_key,
        address_point,
        social_handles,
        country_code,
        is_email_verified,
        is_phone_verified,
        created_at,
        recorded_at
    from {{ ref('int_customer__records') }}
),

harmonized_identifiers as (
    select
        source_name,
        entity_record_id,
        identifier_type,
        identifier_value,
        is_verified,
        coalesce(observed_at, recorded_at) as seen_at
    from {{ ref('harmonized_identifiers') }}
    where
        entity = 'customers'
        and identifier_type in ('email', 'phone', 'push_token', 'social_handle')
),

harmonized_contact_points as (
    select *
    from {{ ref('harmonized_contact_points') }}
    where not coalesce(is_deleted, false)
),

address_book as (
    select
        int_customer__records.customer_id,
        int_customer__records.source_name,
        int_customer__records.source_record_id,
        harmonized_contact_points.email,
        harmonized_contact_points.phone,
        {{ address_point('int_customer__records.first_name_key', 'harmonized_contact_points') }}
            as address_point,
        coalesce(harmonized_contact_points.country_code, int_customer__records.country_code)
            as country_code,
        harmonized_contact_points.is_verified,
        coalesce(harmonized_contact_points.created_at, harmonized_contact_points.recorded_at)
            as first_seen_at,
        harmonized_contact_points.recorded_at as last_seen_at
    from int_customer__records
    inner join harmonized_contact_points
        on
            int_customer__records.source_name = harmonized_contact_points.source_name
            and int_customer__records.source_record_id
            = harmonized_contact_points.customer_record_id
    where
        {{ same_given_name(
            name_key("split_part(int_customer__records.full_name, ' ', 1)"),
            name_key("split_part(harmonized_contact_points.full_name, ' ', 1)")
        ) }}
),

handle_records as (
    select *
    from int_customer__records
    where social_handles is not null
),

stated_points as (
    select
        customer_id,
        source_name,
        source_record_id,
        'email' as contact_point_type,
        email as contact_point,
        country_code,
        is_email_verified as is_verified,
        coalesce(created_at, recorded_at) as first_seen_at,
        recorded_at as last_seen_at
    from int_customer__records
    where email is not null

    union all

    select
        customer_id,
        source_name,
        source_record_id,
        'phone' as contact_point_type,
        phone as contact_point,
        country_code,
        is_phone_verified as is_verified,
        coalesce(created_at, recorded_at) as first_seen_at,
        recorded_at as last_seen_at
    from int_customer__records
    where phone is not null

    union all

    select
        customer_id,
        source_name,
        source_record_id,
        'address' as contact_point_type,
        address_point as contact_point,
        country_code,
        cast(null as boolean) as is_verified,
        coalesce(created_at, recorded_at) as first_seen_at,
        recorded_at as last_seen_at
    from int_customer__records
    where address_point is not null

    union all

    select
        handle_records.customer_id,
        handle_records.source_name,
        handle_records.source_record_id,
        'social_handle' as contact_point_type,
        lower(trim(handles.handle)) as contact_point,
        handle_records.country_code,
        cast(null as boolean) as is_verified,
        coalesce(handle_records.created_at, handle_records.recorded_at) as first_seen_at,
        handle_records.recorded_at as last_seen_at
    from handle_records
    {{ unnest_list(split_text('handle_records.social_handles', ','), 'handles', 'handle') }}

    union all

    select
        int_customer__records.customer_id,
        int_customer__records.source_name,
        int_customer__records.source_record_id,
        harmonized_identifiers.identifier_type as contact_point_type,
        harmonized_identifiers.identifier_value as contact_point,
        int_customer__records.country_code,
        harmonized_identifiers.is_verified,
        harmonized_identifiers.seen_at as first_seen_at,
        harmonized_identifiers.seen_at as last_seen_at
    from int_customer__records
    inner join harmonized_identifiers
        on
            int_customer__records.source_name = harmonized_identifiers.source_name
            and int_customer__records.source_record_id = harmonized_identifiers.entity_record_id
),

all_points as (
    select * from stated_points
    {%- for type, column in [
        ('email', 'email'), ('phone', 'phone'), ('address', 'address_point'),
    ] %}

    union all

    select
        customer_id,
        source_name,
        source_record_id,
        '{{ type }}' as contact_point_type,
        {{ column }} as contact_point,
        country_code,
        is_verified,
        first_seen_at,
        last_seen_at
    from address_book
    where {{ column }} is not null
    {%- endfor %}
),

final as (
    select
        customer_id,
        source_name,
        source_record_id,
        contact_point_type,
        contact_point,
        max(country_code) as country_code,
        max(case when is_verified then 1 else 0 end) = 1 as is_verified,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from all_points
    where contact_point <> ''
    group by
        customer_id,
        source_name,
        source_record_id,
        contact_point_type,
        contact_point
)

select * from final
