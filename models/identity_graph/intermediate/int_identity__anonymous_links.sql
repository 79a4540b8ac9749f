{# One row per anonymous identifier and the identifier that it follows to a customer, with the
   evidence. #}
with

signature_nodes as (
    select * from {{ ref('int_identity__signature_nodes') }}
),

signatures as (
    select
        signature_key,
        entity,
        source_name,
        first_source_record_id,
        record_count,
        first_batch_id,
        batch_id,
        first_seen_at,
        last_seen_at
    from {{ ref('int_identity__signatures') }}
),

node_customers as (
    select
        node_id,
        customer_node,
        strength,
        priority
    from {{ ref('int_identity__node_customers') }}
),

centred as (
    select
        signature_nodes.signature_key,
        signature_nodes.node_id,
        signature_nodes.is_known,
        node_customers.customer_node,
        first_value(signature_nodes.node_id) over (
            partition by signature_nodes.signature_key
            order by node_customers.strength, node_customers.priority, signature_nodes.node_id
        ) as centre_id
    from signature_nodes
    inner join node_customers
        on signature_nodes.node_id = node_customers.node_id
),

followed as (
    select
        least(centred.node_id, centred.centre_id) as node_a,
        greatest(centred.node_id, centred.centre_id) as node_b,
        centred.signature_key
    from centred
    inner join node_customers
        on centred.centre_id = node_customers.node_id
    where
        not centred.is_known
        and centred.node_id <> centred.centre_id
        and centred.customer_node = node_customers.customer_node
),

ranked as (
    select
        followed.node_a,
        followed.node_b,
        signatures.*,
        row_number() over (
            partition by
                followed.node_a,
                followed.node_b
            order by
                signatures.first_batch_id asc,
                signatures.first_seen_at asc nulls last,
                signatures.entity asc,
                signatures.source_name asc,
                signatures.first_source_record_id asc
        ) as evidence_rank
    from followed
    inner join signatures
        on followed.signature_key = signatures.signature_key
),

final as (
    select
        node_a,
        node_b,
        'only_user' as rule,
        cast(10000 as bigint) as strength,
        max(case when evidence_rank = 1 then entity end) as entity,
        max(case when evidence_rank = 1 then source_name end) as source_name,
        max(case when evidence_rank = 1 then first_source_record_id end) as first_source_record_id,
        cast(sum(record_count) as bigint) as record_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        min(first_batch_id) as first_batch_id,
        max(batch_id) as batch_id
    from ranked
    group by
        node_a,
        node_b
)

select * from final
