{# One row per signature with a usable identifier: the strongest one, and the node of its
   customer. #}
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

ranked as (
    select
        signature_nodes.signature_key,
        signature_nodes.node_id,
        row_number() over (
            partition by signature_nodes.signature_key
            order by node_customers.strength, node_customers.priority, signature_nodes.node_id
        ) as node_rank
    from signature_nodes
    inner join node_customers
        on signature_nodes.node_id = node_customers.node_id
),

final as (
    select
        ranked.signature_key,
        ranked.node_id,
        node_customers.customer_node,
        node_customers.is_known
    from ranked
    inner join node_customers
        on ranked.node_id = node_customers.node_id
    where ranked.node_rank = 1
)

select * from final
