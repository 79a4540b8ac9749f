{# One row per order id whose orders belong to one customer: the way to a person for records that
   carry nothing else (a payment, a return, points of a purchase). #}
with

orders as (
    {{ identity_records('orders', ref('harmonized_orders'), ref('harmonized_identifiers')) }}
),

resolved_signatures as (
    select
        signature_key,
        customer_node
    from {{ ref('int_identity__resolved_signatures') }}
),

customers as (
    select
        customer_node,
        customer_id
    from {{ ref('int_identity__customers') }}
),

final as (
    select
        {{ identifier_key("'order_id'", 'orders.order_id') }} as identifier_key,
        orders.order_id,
        min(customers.customer_id) as customer_id,
        min(orders.seen_at) as first_seen_at,
        min(orders.first_batch_id) as first_batch_id,
        max(orders.batch_id) as batch_id
    from orders
    inner join resolved_signatures
        on orders.signature_key = resolved_signatures.signature_key
    inner join customers
        on resolved_signatures.customer_node = customers.customer_node
    group by orders.order_id
    having count(distinct customers.customer_id) = 1
)

select * from final
