{# One row per usable identifier with the node that stands for its customer. Anonymous identifiers
   go to the only known customer who uses them or the devices seen with them; one that several use
   stands alone. #}
with

nodes as (
    select
        node_id,
        priority,
        is_known,
        status = 'shared' as is_shared
    from {{ ref('int_identity__nodes') }}
    where status in ('linking', 'shared')
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__components') }}
),

owners as (
    select * from {{ ref('int_identity__anonymous_owners') }}
),

anonymous_components as (
    select
        node,
        component
    from {{ ref('int_identity__anonymous_components') }}
),

-- Known customers reached by the cookies and devices of one anonymous component.
component_owners as (
    select
        anonymous_components.component,
        count(distinct case when owners.owner_count = 1 then owners.least_owner end) as owner_count,
        min(case when owners.owner_count = 1 then owners.least_owner end) as least_owner
    from anonymous_components
    inner join owners
        on anonymous_components.node = owners.node_id
    group by anonymous_components.component
),

anonymous as (
    select
        owners.node_id,
        case
            when owners.owner_count = 1 then owners.least_owner
            when owners.owner_count > 1 then owners.node_id
            when component_owners.owner_count = 1 then component_owners.least_owner
            when component_owners.owner_count = 0 then component_owners.component
            else owners.node_id
        end as customer_node,
        owners.owner_count = 1
        or (owners.owner_count = 0 and component_owners.owner_count = 1) as is_attached,
        owners.owner_count > 1 as is_used_by_several
    from owners
    inner join anonymous_components
        on owners.node_id = anonymous_components.node
    inner join component_owners
        on anonymous_components.component = component_owners.component
),

final as (
    select
        nodes.node_id,
        coalesce(anonymous.customer_node, components.component) as customer_node,
        nodes.priority,
        -- Which identifier of a record speaks first: known, attached, shared, anonymous.
        case
            when nodes.is_known and not nodes.is_shared then 1
            when anonymous.is_attached then 2
            when nodes.is_known then 3
            else 4
        end as strength,
        nodes.is_known,
        coalesce(anonymous.is_attached, false) as is_attached,
        coalesce(anonymous.is_used_by_several, false) as is_used_by_several
    from nodes
    left join components
        on nodes.node_id = components.node
    left join anonymous
        on nodes.node_id = anonymous.node_id
)

select * from final
