{# One row per pair of known identifiers that evidence or matching ties together, before limits
   and decisions cut any of them. strength is in thousandths of a bit. #}
with

known_links as (
    select
        node_a,
        node_b,
        rule,
        strength,
        entity,
        source_name,
        first_source_record_id,
        record_count,
        first_seen_at,
        last_seen_at,
        first_batch_id,
        batch_id
    from {{ ref('int_identity__known_links') }}
),

personal_links as (
    select
        node_one,
        node_other,
        rule,
        weight
    from {{ ref('int_identity__personal_links') }}
),

nodes as (
    select
        node_id,
        identifier_value,
        first_seen_at,
        last_seen_at,
        first_batch_id,
        batch_id
    from {{ ref('int_identity__nodes') }}
    where identifier_type = 'customer_record'
),

-- The record that came last is the one that showed it.
personal_evidence as (
    select
        least(personal_links.node_one, personal_links.node_other) as node_a,
        greatest(personal_links.node_one, personal_links.node_other) as node_b,
        personal_links.rule,
        -- However well two records agree, a shared identifier is stronger.
        least(personal_links.weight, 15000) as strength,
        case
            when
                nodes_one.first_batch_id > nodes_other.first_batch_id
                or (
                    nodes_one.first_batch_id = nodes_other.first_batch_id
                    and nodes_one.identifier_value > nodes_other.identifier_value
                )
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
        strength,
        'customers' as entity,
        substring(customer_record, 1, position('|' in customer_record) - 1) as source_name,
        substring(customer_record, position('|' in customer_record) + 1) as first_source_record_id,
        cast(2 as bigint) as record_count,
        first_seen_at,
        last_seen_at,
        first_batch_id,
        batch_id
    from personal_evidence
),

final as (
    select * from known_links
    union all
    select * from personal
)

select * from final
