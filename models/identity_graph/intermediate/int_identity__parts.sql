{# One row per identifier of a component of several person records, with the part that it would
   be in without the component's weakest links. #}
{{ config(materialized='connected_components') }}

select
    spanning_links.node_a,
    spanning_links.node_b
from {{ ref('int_identity__spanning_links') }} as spanning_links
inner join {{ ref('int_identity__components') }} as components
    on spanning_links.node_a = components.node
inner join {{ ref('int_identity__weakest_links') }} as weakest_links
    on components.component = weakest_links.component
where spanning_links.strength > weakest_links.strength

union all

select
    components.node as node_a,
    components.node as node_b
from {{ ref('int_identity__components') }} as components
inner join {{ ref('int_identity__weakest_links') }} as weakest_links
    on components.component = weakest_links.component
