{# One row per customer with its id and its anchor. #}
with

anchors as (
    select * from {{ ref('int_identity__anchors') }}
),

nodes as (
    select
        node_id,
        identifier_key
    from {{ ref('int_identity__nodes') }}
),

node_customers as (
    select
        node_id,
        customer_node
    from {{ ref('int_identity__node_customers') }}
),

assignments as (
    select
        identifier_key,
        customer_id,
        row_number() over (
            partition by identifier_key
            order by build desc
        ) as assignment_rank
    from {{ ref('int_identity__registry') }}
    where entry_type = 'assign'
),

customer_ids as (
    select
        node_customers.customer_node,
        min(assignments.customer_id) as customer_id
    from node_customers
    inner join nodes
        on node_customers.node_id = nodes.node_id
    inner join assignments
        on
            nodes.identifier_key = assignments.identifier_key
            and assignments.assignment_rank = 1
    group by node_customers.customer_node
),

final as (
    select
        anchors.customer_node,
        customer_ids.customer_id,
        anchors.anchor_entity,
        anchors.anchor_source_name,
        anchors.anchor_source_record_id,
        anchors.source_record_count,
        anchors.is_anonymous,
        anchors.first_seen_at,
        anchors.last_seen_at,
        anchors.first_batch_id,
        anchors.batch_id
    from anchors
    inner join customer_ids
        on anchors.customer_node = customer_ids.customer_node
)

select * from final
