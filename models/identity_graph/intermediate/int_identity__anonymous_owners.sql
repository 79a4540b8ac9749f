{# One row per anonymous identifier with the number of known components that use it together with
   one of their own identifiers, and the only one where it is one. #}
with

signature_nodes as (
    select * from {{ ref('int_identity__signature_nodes') }}
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__components') }}
),

known as (
    select
        signature_nodes.signature_key,
        min(components.component) as component
    from signature_nodes
    inner join components
        on signature_nodes.node_id = components.node
    where
        signature_nodes.is_known
        and not signature_nodes.is_shared
    group by signature_nodes.signature_key
),

final as (
    select
        signature_nodes.node_id,
        count(distinct known.component) as owner_count,
        min(known.component) as least_owner
    from signature_nodes
    left join known
        on signature_nodes.signature_key = known.signature_key
    where not signature_nodes.is_known
    group by signature_nodes.node_id
)

select * from final
