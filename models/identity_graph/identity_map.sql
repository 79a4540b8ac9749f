{# One row per identifier that stands for a customer. #}
with

nodes as (
    select
        node_id,
        identifier_key,
        identifier_type,
        identifier_value,
        is_known,
        first_seen_at,
        last_seen_at,
        batch_id
    from {{ ref('int_identity__nodes') }}
),

node_customers as (
    select * from {{ ref('int_identity__node_customers') }}
),

customers as (
    select
        customer_node,
        customer_id
    from {{ ref('int_identity__customers') }}
),

order_customers as (
    select * from {{ ref('int_identity__order_customers') }}
),

source_records as (
    select identifier_key
    from {{ ref('identity_source_records') }}
    where identifier_key is not null
),

used as (
    select identifier_key
    from source_records
    group by identifier_key
),

-- An identifier that stands alone (shared by several) is in the map only where a record has
-- nothing better.
mapped_nodes as (
    select
        nodes.identifier_key,
        nodes.identifier_type,
        nodes.identifier_value,
        customers.customer_id,
        nodes.is_known,
        nodes.first_seen_at,
        nodes.last_seen_at,
        nodes.batch_id
    from nodes
    inner join node_customers
        on nodes.node_id = node_customers.node_id
    inner join customers
        on node_customers.customer_node = customers.customer_node
),

mapped_orders as (
    select
        order_customers.identifier_key,
        'order_id' as identifier_type,
        order_customers.order_id as identifier_value,
        order_customers.customer_id,
        false as is_known,
        order_customers.first_seen_at,
        order_customers.first_seen_at as last_seen_at,
        order_customers.batch_id
    from order_customers
    inner join used
        on order_customers.identifier_key = used.identifier_key
),

final as (
    select * from mapped_nodes
    union all
    select * from mapped_orders
)

select * from final
