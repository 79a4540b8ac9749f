{# One row per pair of components of shared identifiers that matching holds to be one person,
   with a record of each. #}
with

scores as (
    select
        person_one,
        person_other,
        weight
    from {{ ref('int_identity__scores') }}
    where weight >= 1000 * {{ var('matching_link_bits') }}
),

persons as (
    select
        node,
        cluster
    from {{ ref('int_identity__persons') }}
),

profiles as (
    select
        person,
        min(customer_record) as customer_record
    from {{ ref('int_identity__person_profiles') }}
    group by person
),

nodes as (
    select
        node_id,
        identifier_value as customer_record
    from {{ ref('int_identity__nodes') }}
    where identifier_type = 'customer_record'
),

speaking_nodes as (
    select
        profiles.person,
        nodes.node_id
    from profiles
    inner join nodes
        on profiles.customer_record = nodes.customer_record
),

final as (
    select
        scores.person_one as component_one,
        scores.person_other as component_other,
        nodes_one.node_id as node_one,
        nodes_other.node_id as node_other,
        'matching' as rule,
        scores.weight
    from scores
    inner join persons as persons_one
        on scores.person_one = persons_one.node
    inner join persons as persons_other
        on
            scores.person_other = persons_other.node
            and persons_one.cluster = persons_other.cluster
    inner join speaking_nodes as nodes_one
        on scores.person_one = nodes_one.person
    inner join speaking_nodes as nodes_other
        on scores.person_other = nodes_other.person
)

select * from final
