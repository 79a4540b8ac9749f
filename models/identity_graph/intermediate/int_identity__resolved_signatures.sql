{# One row per signature with a usable identifier: the strongest one, and the node of its customer.
   #}
with

signature_nodes as (
    select
        signature_key,
        node_id
    from {{ ref('int_identity__signature_nodes') }}
),

node_customers as (
    select * from {{ ref('int_identity__node_customers') }}
),

strongest as (
    select
        signature_nodes.signature_key,
        min(
            cast(node_customers.strength * 100 + node_customers.priority as bigint) * 1000000000000
            + node_customers.node_id
        ) % 1000000000000 as node_id
    from signature_nodes
    inner join node_customers
        on signature_nodes.node_id = node_customers.node_id
    group by signature_nodes.signature_key
),

final as (
    select
        strongest.signature_key,
        strongest.node_id,
        node_customers.customer_node,
        node_customers.is_known
    from strongest
    inner join node_customers
        on strongest.node_id = node_customers.node_id
)

select * from final
