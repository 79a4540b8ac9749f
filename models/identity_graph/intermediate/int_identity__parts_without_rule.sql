{# One row per rule and identifier of the customers of labelled pairs, with the part that the
   identifier would be in without the links of that rule. #}
{{ config(materialized='connected_components') }}

with

labelled_pairs as (
    select
        node_one,
        node_other,
        customer_node_one
    from {{ ref('int_identity__labelled_pairs') }}
    where is_together
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__components') }}
),

labelled_customers as (
    select customer_node_one as component
    from labelled_pairs
    group by customer_node_one
),

links as (
    select
        links.node_a,
        links.node_b,
        links.rule
    from {{ ref('int_identity__links') }} as links
    inner join components as components_a
        on links.node_a = components_a.node
    inner join components as components_b
        on
            links.node_b = components_b.node
            and components_a.component = components_b.component
    inner join labelled_customers
        on components_a.component = labelled_customers.component
),

rules as (
    select rule
    from links
    group by rule
),

labelled_nodes as (
    select node_one as node from labelled_pairs
    union
    select node_other as node from labelled_pairs
)

select
    rules.rule || '|' || cast(links.node_a as string) as node_a,
    rules.rule || '|' || cast(links.node_b as string) as node_b
from links
inner join rules
    on links.rule <> rules.rule

union all

select
    rules.rule || '|' || cast(labelled_nodes.node as string) as node_a,
    rules.rule || '|' || cast(labelled_nodes.node as string) as node_b
from labelled_nodes
cross join rules
