{# One row per pair of customers and rule that puts them into one household: one home and a
   family name in common, one home and a contact point in common, or a contact point that
   different people share. A home or contact point of too many customers is no household's. #}
with

profiles as (
    select
        customer_record,
        family_name,
        second_family_name,
        email,
        phone,
        address,
        house_number,
        postal_code
    from {{ ref('int_identity__profiles') }}
),

nodes as (
    select
        node_id,
        identifier_type,
        identifier_value,
        status
    from {{ ref('int_identity__nodes') }}
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__components') }}
),

identifiers as (
    select
        identifier_type,
        identifier_value,
        customer_record
    from {{ ref('int_identity__proven_identifiers') }}
    where customer_record is not null
),

records as (
    select
        components.component,
        profiles.family_name,
        profiles.second_family_name,
        profiles.email,
        profiles.phone,
        case
            when profiles.house_number is not null and profiles.postal_code is not null
                then profiles.address || '|' || profiles.postal_code
        end as home
    from profiles
    inner join nodes
        on
            nodes.identifier_type = 'customer_record'
            and profiles.customer_record = nodes.identifier_value
    inner join components
        on nodes.node_id = components.node
),

homes as (
    select
        home,
        component
    from records
    where home is not null
    group by
        home,
        component
),

small_homes as (
    select home
    from homes
    group by home
    having count(*) between 2 and {{ var('household_max_customers') }}
),

-- What the people of a home may have in common.
home_traits as (
    select
        records.home,
        records.component,
        'same_home_and_family_name' as rule,
        records.family_name as trait
    from records
    inner join small_homes
        on records.home = small_homes.home
    union
    select
        records.home,
        records.component,
        'same_home_and_family_name' as rule,
        records.second_family_name as trait
    from records
    inner join small_homes
        on records.home = small_homes.home
    union
    select
        records.home,
        records.component,
        'same_home_and_email' as rule,
        records.email as trait
    from records
    inner join small_homes
        on records.home = small_homes.home
    union
    select
        records.home,
        records.component,
        'same_home_and_phone' as rule,
        records.phone as trait
    from records
    inner join small_homes
        on records.home = small_homes.home
),

same_home as (
    select
        one.component as node_one,
        other.component as node_other,
        one.rule
    from home_traits as one
    inner join home_traits as other
        on
            one.home = other.home
            and one.rule = other.rule
            and one.trait = other.trait
    where one.component < other.component
),

shared_values as (
    select
        nodes.node_id,
        nodes.identifier_type,
        record_components.component
    from nodes
    inner join identifiers
        on
            nodes.identifier_type = identifiers.identifier_type
            and nodes.identifier_value = identifiers.identifier_value
    inner join nodes as record_nodes
        on
            record_nodes.identifier_type = 'customer_record'
            and identifiers.customer_record = record_nodes.identifier_value
    inner join components as record_components
        on record_nodes.node_id = record_components.node
    where nodes.status = 'shared'
    group by
        nodes.node_id,
        nodes.identifier_type,
        record_components.component
),

family_values as (
    select node_id
    from shared_values
    group by node_id
    having count(*) between 2 and {{ var('household_max_customers') }}
),

same_value as (
    select
        one.component as node_one,
        other.component as node_other,
        'shared_' || one.identifier_type as rule
    from shared_values as one
    inner join shared_values as other
        on one.node_id = other.node_id
    inner join family_values
        on one.node_id = family_values.node_id
    where one.component < other.component
),

final as (
    select * from same_home
    union
    select * from same_value
)

select * from final
