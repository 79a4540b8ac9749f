{# One row per anonymous identifier with the least node of the devices and cookies that were seen
   together, leaving out those that several known customers use. #}
{{ config(materialized='connected_components') }}

select
    one.node_id as node_a,
    other.node_id as node_b
from {{ ref('int_identity__signature_nodes') }} as one
inner join {{ ref('int_identity__signature_nodes') }} as other
    on one.signature_key = other.signature_key
inner join {{ ref('int_identity__anonymous_owners') }} as owners_one
    on one.node_id = owners_one.node_id
inner join {{ ref('int_identity__anonymous_owners') }} as owners_other
    on other.node_id = owners_other.node_id
where
    not one.is_known
    and not other.is_known
    and one.node_id < other.node_id
    and owners_one.owner_count <= 1
    and owners_other.owner_count <= 1
group by
    one.node_id,
    other.node_id

union all

select
    node_id as node_a,
    node_id as node_b
from {{ ref('int_identity__anonymous_owners') }}
