{# One row per distinct profile of a person so far: the component of shared identifiers that its
   records are in, and what they say. #}
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

final as (
    select
        components.component as person,
        profiles.given_name,
        profiles.first_name,
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
        profiles.name_pair,
        profiles.given_name_start,
        profiles.family_name_start,
        profiles.birth_year,
        profiles.birth_day,
        profiles.email_name,
        min(profiles.customer_record) as customer_record,
        count(*) as record_count
    from profiles
    inner join nodes
        on profiles.customer_record = nodes.customer_record
    inner join components
        on nodes.node_id = components.node
    group by
        components.component,
        profiles.given_name,
        profiles.first_name,
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
        profiles.name_pair,
        profiles.given_name_start,
        profiles.family_name_start,
        profiles.birth_year,
        profiles.birth_day,
        profiles.email_name
)

select * from final
