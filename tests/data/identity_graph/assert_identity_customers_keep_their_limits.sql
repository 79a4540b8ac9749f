-- No customer has more identifiers of a type than the seed allows, nor two that a decision keeps
-- apart.
{{ config(group='identity_graph') }}

with

components as (
    select
        node,
        component
    from {{ ref('int_identity__components') }}
),

nodes as (
    select
        node_id,
        identifier_type
    from {{ ref('int_identity__nodes') }}
),

rules as (
    select
        identifier_type,
        limit_per_customer
    from {{ ref('int_identity__rules') }}
    where limit_window_seconds is null
),

kept_apart as (
    select
        override_id,
        node_a,
        node_b
    from {{ ref('int_identity__kept_apart') }}
),

over_limit as (
    select
        components.component,
        nodes.identifier_type as rule
    from components
    inner join nodes
        on components.node = nodes.node_id
    inner join rules
        on nodes.identifier_type = rules.identifier_type
    group by
        components.component,
        nodes.identifier_type
    having count(*) > min(rules.limit_per_customer)
),

together as (
    select
        components_a.component,
        kept_apart.override_id as rule
    from kept_apart
    inner join components as components_a
        on kept_apart.node_a = components_a.node
    inner join components as components_b
        on
            kept_apart.node_b = components_b.node
            and components_a.component = components_b.component
),

final as (
    select * from over_limit
    union all
    select * from together
)

select * from final
