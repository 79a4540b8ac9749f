{# One row per pair of identifiers and rule that ties them together: known, personal and anonymous
   links. #}
with

nodes as (
    select
        node_id,
        identifier_key,
        identifier_type,
        identifier_value,
        first_seen_at,
        last_seen_at,
        first_batch_id,
        batch_id
    from {{ ref('int_identity__nodes') }}
),

known_links as (
    select * from {{ ref('int_identity__known_links') }}
),

anonymous_links as (
    select * from {{ ref('int_identity__anonymous_links') }}
),

personal_links as (
    select
        node_one,
        node_other,
        rule
    from {{ ref('int_identity__personal_links') }}
),

-- The record that came last is the one that showed it.
personal_evidence as (
    select
        least(personal_links.node_one, personal_links.node_other) as node_a,
        greatest(personal_links.node_one, personal_links.node_other) as node_b,
        personal_links.rule,
        case
            when nodes_one.first_batch_id > nodes_other.first_batch_id
                then nodes_one.identifier_value
            else nodes_other.identifier_value
        end as customer_record,
        greatest(nodes_one.first_seen_at, nodes_other.first_seen_at) as first_seen_at,
        greatest(nodes_one.last_seen_at, nodes_other.last_seen_at) as last_seen_at,
        greatest(nodes_one.first_batch_id, nodes_other.first_batch_id) as first_batch_id,
        greatest(nodes_one.batch_id, nodes_other.batch_id) as batch_id
    from personal_links
    inner join nodes as nodes_one
        on personal_links.node_one = nodes_one.node_id
    inner join nodes as nodes_other
        on personal_links.node_other = nodes_other.node_id
),

personal as (
    select
        node_a,
        node_b,
        rule,
        'customers' as entity,
        min(substring(customer_record, 1, position('|' in customer_record) - 1)) as source_name,
        min(substring(customer_record, position('|' in customer_record) + 1))
            as first_source_record_id,
        cast(2 as bigint) as record_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        min(first_batch_id) as first_batch_id,
        max(batch_id) as batch_id
    from personal_evidence
    group by
        node_a,
        node_b,
        rule
),

links as (
    select * from known_links
    union all
    select * from personal
    union all
    select * from anonymous_links
),

final as (
    select
        nodes_a.identifier_key as identifier_key_a,
        nodes_b.identifier_key as identifier_key_b,
        nodes_a.identifier_type as identifier_type_a,
        nodes_b.identifier_type as identifier_type_b,
        links.rule,
        links.entity,
        links.source_name,
        links.first_source_record_id,
        links.record_count,
        links.first_seen_at,
        links.last_seen_at,
        links.first_batch_id,
        links.batch_id
    from links
    inner join nodes as nodes_a
        on links.node_a = nodes_a.node_id
    inner join nodes as nodes_b
        on links.node_b = nodes_b.node_id
)

select * from final
