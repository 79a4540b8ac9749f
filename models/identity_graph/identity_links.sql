{# One row per pair of identifiers that are tied together, with the rule and the first record that
   shows it. #}
with

nodes as (
    select
        node_id,
        identifier_key,
        identifier_type
    from {{ ref('int_identity__nodes') }}
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__components') }}
),

links as (
    select * from {{ ref('int_identity__links') }}
),

anonymous_links as (
    select * from {{ ref('int_identity__anonymous_links') }}
),

node_customers as (
    select
        node_id,
        customer_node
    from {{ ref('int_identity__node_customers') }}
),

customers as (
    select
        customer_node,
        customer_id
    from {{ ref('int_identity__customers') }}
),

spanning_links as (
    select
        node_a,
        node_b
    from {{ ref('int_identity__spanning_links') }}
),

weakest_links as (
    select
        node_a,
        node_b
    from {{ ref('int_identity__weakest_links') }}
),

uncut_links as (
    select links.*
    from links
    inner join components as components_a
        on links.node_a = components_a.node
    inner join components as components_b
        on
            links.node_b = components_b.node
            and components_a.component = components_b.component
),

all_links as (
    select * from uncut_links
    union all
    select * from anonymous_links
),

final as (
    select
        nodes_a.identifier_key as identifier_key_a,
        nodes_b.identifier_key as identifier_key_b,
        nodes_a.identifier_type as identifier_type_a,
        nodes_b.identifier_type as identifier_type_b,
        customers.customer_id,
        all_links.rule,
        all_links.entity,
        all_links.source_name,
        all_links.first_source_record_id,
        cast(all_links.strength as double) / 1000 as link_bits,
        all_links.record_count,
        spanning_links.node_a is not null as is_spanning,
        weakest_links.node_a is not null as is_weakest,
        all_links.first_seen_at,
        all_links.last_seen_at,
        all_links.first_batch_id,
        all_links.batch_id
    from all_links
    inner join nodes as nodes_a
        on all_links.node_a = nodes_a.node_id
    inner join nodes as nodes_b
        on all_links.node_b = nodes_b.node_id
    inner join node_customers
        on all_links.node_a = node_customers.node_id
    inner join customers
        on node_customers.customer_node = customers.customer_node
    left join spanning_links
        on
            all_links.node_a = spanning_links.node_a
            and all_links.node_b = spanning_links.node_b
    left join weakest_links
        on
            all_links.node_a = weakest_links.node_a
            and all_links.node_b = weakest_links.node_b
)

select * from final
