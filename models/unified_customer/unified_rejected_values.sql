{{ config(materialized='table') }}

{# One row per value of a person record that cannot be what its attribute asks for: kept apart from
   the golden record, as it was given, with the reason. #}
with

int_customer__records as (
    select
        customer_id,
        source_name,
        source_record_id,
        country_code,
        rejected_values,
        recorded_at
    from {{ ref('int_customer__records') }}
    where rejected_values is not null
),

int_customer__attribute_values as (
    select
        customer_id,
        source_name,
        source_record_id,
        attribute,
        value,
        reject_reason,
        recorded_at
    from {{ ref('int_customer__attribute_values') }}
    where reject_reason is not null
),

unified_customers as (
    select
        customer_id,
        country_code
    from {{ ref('unified_customers') }}
),

{%- set unreadable = {
    'given_name': 'no name',
    'family_name': 'no name',
    'full_name': 'no name',
    'email': 'no e-mail address',
    'phone': 'no phone number',
    'postal_code': 'no postal code',
    'country_code': 'no country',
    'birth_date': 'no date',
    'created_at': 'no time from 1900 to 2099',
} %}

unreadable_values as (
    {%- for attribute, reason in unreadable.items() %}
    select
        customer_id,
        source_name,
        source_record_id,
        '{{ attribute }}' as attribute,
        {{ json_text('rejected_values', attribute) }} as value,
        '{{ reason }}' as reason,
        recorded_at
    from int_customer__records
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rejected_values as (
    select * from unreadable_values
    where value is not null

    union all

    select
        customer_id,
        source_name,
        source_record_id,
        attribute,
        value,
        reject_reason as reason,
        recorded_at
    from int_customer__attribute_values
),

final as (
    select
        rejected_values.customer_id,
        rejected_values.source_name,
        rejected_values.source_record_id,
        rejected_values.attribute,
        rejected_values.value,
        rejected_values.reason,
        -- A national number of a record without a country, read in the country that the customer's
        -- other records tell.
        case
            when rejected_values.attribute = 'phone'
                then {{ normalize_phone(
                    'rejected_values.value', 'unified_customers.country_code'
                ) }}
        end as suggested_value,
        rejected_values.recorded_at
    from rejected_values
    left join unified_customers
        on rejected_values.customer_id = unified_customers.customer_id
)

select * from final
