{{ config(materialized='table') }}

{# One row per person record that belongs to a customer: what survivorship chooses from. #}
with

harmonized_customers as (
    select * from {{ ref('harmonized_customers') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where
        entity = 'customers'
        and customer_id is not null
),

final as (
    select
        identity_source_records.customer_id,
        harmonized_customers.source_name,
        harmonized_customers.source_record_id,
        {%- for attribute in customer_attributes() if attribute != 'full_name' %}
        harmonized_customers.{{ attribute }},
        {%- endfor %}
        coalesce(
            harmonized_customers.full_name,
            harmonized_customers.given_name
            || coalesce(' ' || harmonized_customers.family_name, '')
            || coalesce(' ' || harmonized_customers.second_family_name, '')
        ) as full_name,
        -- One text per postal address, so that two spellings of case or accent are one contact
        -- point.
        lower({{ strip_accents(
            "harmonized_customers.address_line"
            ~ " || coalesce(', ' || harmonized_customers.postal_code, '')"
            ~ " || coalesce(', ' || harmonized_customers.city, '')"
            ~ " || coalesce(', ' || harmonized_customers.country_code, '')"
        ) }}) as address_point,
        coalesce(harmonized_customers.is_test, false) as is_test,
        coalesce(harmonized_customers.is_employee, false) as is_employee,
        (
            coalesce(harmonized_customers.is_deleted, false)
            or harmonized_customers.merged_into_record_id is not null
        ) as is_superseded,
        harmonized_customers.created_at,
        harmonized_customers.recorded_at
    from harmonized_customers
    inner join identity_source_records
        on
            harmonized_customers.source_name = identity_source_records.source_name
            and harmonized_customers.source_record_id = identity_source_records.source_record_id
)

select * from final
