{{ config(materialized='table') }}

{# One row per person record that belongs to a customer, its values in standard form: what
   survivorship chooses from. #}
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

postal_regions as (
    select
        country_code,
        postal_prefix,
        region
    from {{ ref('postal_regions') }}
),

nicknames as (
    select
        nickname,
        min(given_name) as given_name
    from {{ ref('nicknames') }}
    group by nickname
),

tidy_names as (
    select
        identity_source_records.customer_id,
        harmonized_customers.*,
        {{ tidy_name('harmonized_customers.given_name') }} as tidy_given_name,
        {{ tidy_name('harmonized_customers.family_name', starts_upper=false) }}
            as tidy_family_name,
        {{ tidy_name('harmonized_customers.second_family_name', starts_upper=false) }}
            as tidy_second_family_name,
        lower({{ strip_accents("split_part(harmonized_customers.given_name, ' ', 1)") }})
            as first_name_key,
        {{ tidy_name('harmonized_customers.full_name') }} as tidy_full_name,
        -- Where people have two family names, a source with one field has both in it.
        harmonized_customers.second_family_name is null
        and harmonized_customers.family_name like '% %'
        and coalesce(harmonized_customers.country_code, '{{ var("default_country_code") }}')
        in ({{ quoted_list(countries_of_two_family_names()) }}) as has_two_family_names
    from harmonized_customers
    inner join identity_source_records
        on
            harmonized_customers.source_name = identity_source_records.source_name
            and harmonized_customers.source_record_id = identity_source_records.source_record_id
),

{%- set standard = {
    'given_name': 'tidy_names.tidy_given_name',
    'family_name': 'case when tidy_names.has_two_family_names then '
        ~ first_family_name('tidy_names.tidy_family_name')
        ~ ' else tidy_names.tidy_family_name end',
    'second_family_name': 'case when tidy_names.has_two_family_names then '
        ~ second_family_name('tidy_names.tidy_family_name')
        ~ ' else tidy_names.tidy_second_family_name end',
    'full_name': "coalesce("
        ~ "tidy_names.tidy_full_name, "
        ~ "tidy_names.tidy_given_name"
        ~ " || coalesce(' ' || tidy_names.tidy_family_name, '')"
        ~ " || coalesce(' ' || tidy_names.tidy_second_family_name, ''))",
    'city': tidy_name('tidy_names.city'),
    'region': 'coalesce(' ~ tidy_name('tidy_names.region') ~ ', postal_regions.region)',
} %}

final as (
    select
        tidy_names.customer_id,
        tidy_names.source_name,
        tidy_names.source_record_id,
        {%- for attribute in customer_attributes() %}
        {{ standard.get(attribute, 'tidy_names.' ~ attribute) }} as {{ attribute }},
        {%- endfor %}
        coalesce(nicknames.given_name, tidy_names.first_name_key) as first_name_key,
        {{ address_point(
            'coalesce(nicknames.given_name, tidy_names.first_name_key)', 'tidy_names'
        ) }}
            as address_point,
        tidy_names.rejected_values,
        coalesce(tidy_names.is_test, false) as is_test,
        coalesce(tidy_names.is_employee, false) as is_employee,
        coalesce(tidy_names.is_deceased, false) as is_deceased,
        coalesce(tidy_names.is_fraudulent, false) as is_fraudulent,
        coalesce(tidy_names.is_restricted, false) as is_restricted,
        coalesce(tidy_names.is_email_verified, false) as is_email_verified,
        coalesce(tidy_names.is_phone_verified, false) as is_phone_verified,
        (
            coalesce(tidy_names.is_deleted, false)
            or tidy_names.merged_into_record_id is not null
        ) as is_superseded,
        tidy_names.created_at,
        tidy_names.recorded_at
    from tidy_names
    left join postal_regions
        on
            tidy_names.country_code = postal_regions.country_code
            and substr(tidy_names.postal_code, 1, 2) = postal_regions.postal_prefix
    left join nicknames
        on tidy_names.first_name_key = nicknames.nickname
)

select * from final
