{# One row per link of those that hold the identifiers of a customer together, as strong as can
   be. #}
{{ config(materialized='spanning_forest') }}

select
    links.node_a,
    links.node_b,
    links.strength
from {{ ref('int_identity__links') }} as links
inner join {{ ref('int_identity__components') }} as components_a
    on links.node_a = components_a.node
inner join {{ ref('int_identity__components') }} as components_b
    on
        links.node_b = components_b.node
        and components_a.component = components_b.component
