{# One row per pair of identifiers that evidence ties together, known links and attached anonymous ones. #}
with

nodes as (
    select
        node_id,
        identifier_key,
        identifier_type
    from {{ ref('int_identity__nodes') }}
),

known_links as (
    select * from {{ ref('int_identity__known_links') }}
),

anonymous_links as (
    select * from {{ ref('int_identity__anonymous_links') }}
),

links as (
    select * from known_links
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
