{# One row per labelled pair of person records that are both in the graph. Of several labels of
   one pair the latest counts. #}
with

labels as (
    select
        least(
            record_source_name || '|' || record_id, other_source_name || '|' || other_record_id
        ) as record_one,
        greatest(
            record_source_name || '|' || record_id, other_source_name || '|' || other_record_id
        ) as record_other,
        is_same_person,
        source_name,
        source_record_id,
        coalesce(labelled_at, recorded_at) as decided_at
    from {{ ref('harmonized_identity_labels') }}
    where is_same_person is not null
),

nodes as (
    select
        node_id,
        identifier_value as customer_record
    from {{ ref('int_identity__nodes') }}
    where identifier_type = 'customer_record'
),

node_customers as (
    select
        node_id,
        customer_node
    from {{ ref('int_identity__node_customers') }}
),

ranked as (
    select
        record_one,
        record_other,
        is_same_person,
        row_number() over (
            partition by
                record_one,
                record_other
            order by
                decided_at desc nulls last,
                source_name asc,
                source_record_id asc
        ) as label_rank
    from labels
    where record_one <> record_other
),

final as (
    select
        ranked.record_one,
        ranked.record_other,
        nodes_one.node_id as node_one,
        nodes_other.node_id as node_other,
        customers_one.customer_node as customer_node_one,
        customers_other.customer_node as customer_node_other,
        ranked.is_same_person,
        coalesce(customers_one.customer_node = customers_other.customer_node, false) as is_together
    from ranked
    inner join nodes as nodes_one
        on ranked.record_one = nodes_one.customer_record
    inner join nodes as nodes_other
        on ranked.record_other = nodes_other.customer_record
    left join node_customers as customers_one
        on nodes_one.node_id = customers_one.node_id
    left join node_customers as customers_other
        on nodes_other.node_id = customers_other.node_id
    where ranked.label_rank = 1
)

select * from final
