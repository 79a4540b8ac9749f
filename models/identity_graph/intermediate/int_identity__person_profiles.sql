{# One row per distinct profile of a person so far: the component of shared identifiers that its
   records are in, small numbers for it and for the profile, both in an order drawn by lot, what the
   records say, and the parts of that which keys are made of. #}
with

profiles as (
    select * from {{ ref('int_identity__profiles') }}
),

nodes as (
    select
        node_id,
        identifier_value as customer_record
    from {{ ref('int_identity__nodes') }}
    where
        identifier_type = 'customer_record'
        and status = 'linking'
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__identifier_components') }}
),

records as (
    select
        nodes.customer_record,
        components.component as person
    from nodes
    inner join components
        on nodes.node_id = components.node
),

-- A component is the least of its hashes, so its first digits are small where it is large.
numbered_records as (
    select
        customer_record,
        person,
        cast(dense_rank() over (order by person % 2147483647, person) as int) as person_number,
        cast(
            row_number() over (order by person % 2147483647, person, customer_record) as int
        ) as record_number
    from records
),

grouped as (
    select
        numbered_records.person_number,
        profiles.given_name,
        profiles.family_name,
        profiles.second_family_name,
        profiles.birth_date,
        profiles.email,
        profiles.phone,
        profiles.national_id,
        profiles.address,
        profiles.house_number,
        profiles.postal_code,
        profiles.city,
        min(numbered_records.person) as person,
        min(numbered_records.record_number) as profile_number,
        min(profiles.customer_record) as customer_record,
        count(*) as record_count
    from profiles
    inner join numbered_records
        on profiles.customer_record = numbered_records.customer_record
    group by
        numbered_records.person_number,
        profiles.given_name,
        profiles.family_name,
        profiles.second_family_name,
        profiles.birth_date,
        profiles.email,
        profiles.phone,
        profiles.national_id,
        profiles.address,
        profiles.house_number,
        profiles.postal_code,
        profiles.city
),

-- The parts that blocking rules are made of follow from the rest, so rows are not grouped by them.
final as (
    select
        *,
        {{ regex_extract('given_name', '^([^ ]+)') }} as first_name,
        case
            when given_name < family_name
                then given_name || '|' || family_name
            else family_name || '|' || given_name
        end as name_pair,
        substring(given_name, 1, 3) as given_name_start,
        substring(family_name, 1, 3) as family_name_start,
        year(birth_date) as birth_year,
        month(birth_date) * 100 + day(birth_date) as birth_day,
        substring(email, 1, position('@' in email) - 1) as email_name
    from grouped
)

select * from final
