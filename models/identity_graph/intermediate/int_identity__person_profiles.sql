{# One row per distinct profile of a person so far: the component of shared identifiers that its
   records are in, a small number for it in the order of components, what the records say, and the
   parts of that which keys are made of. #}
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

persons as (
    select
        person,
        cast(row_number() over (order by person) as int) as person_number
    from records
    group by person
),

grouped as (
    select
        records.person,
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
        min(profiles.customer_record) as customer_record,
        count(*) as record_count
    from profiles
    inner join records
        on profiles.customer_record = records.customer_record
    group by
        records.person,
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
        persons.person_number,
        grouped.*,
        {{ regex_extract('grouped.given_name', '^([^ ]+)') }} as first_name,
        case
            when grouped.given_name < grouped.family_name
                then grouped.given_name || '|' || grouped.family_name
            else grouped.family_name || '|' || grouped.given_name
        end as name_pair,
        substring(grouped.given_name, 1, 3) as given_name_start,
        substring(grouped.family_name, 1, 3) as family_name_start,
        year(grouped.birth_date) as birth_year,
        month(grouped.birth_date) * 100 + day(grouped.birth_date) as birth_day,
        {{ local_part('grouped.email') }} as email_name
    from grouped
    inner join persons
        on grouped.person = persons.person
)

select * from final
