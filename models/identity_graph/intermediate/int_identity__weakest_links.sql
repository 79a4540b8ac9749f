{# One row per component of several person records: its weakest link, without which it would fall
   apart. #}
with

spanning_links as (
    select * from {{ ref('int_identity__spanning_links') }}
),

components as (
    select
        node,
        component
    from {{ ref('int_identity__components') }}
),

nodes as (
    select
        node_id,
        identifier_type
    from {{ ref('int_identity__nodes') }}
),

record_counts as (
    select
        components.component,
        count(*) as record_count
    from components
    inner join nodes
        on components.node = nodes.node_id
    where nodes.identifier_type = 'customer_record'
    group by components.component
    having count(*) > 1
),

ranked as (
    select
        components.component,
        record_counts.record_count,
        spanning_links.node_a,
        spanning_links.node_b,
        spanning_links.strength,
        row_number() over (
            partition by components.component
            order by
                spanning_links.strength,
                spanning_links.node_a,
                spanning_links.node_b
        ) as weakness_rank
    from spanning_links
    inner join components
        on spanning_links.node_a = components.node
    inner join record_counts
        on components.component = record_counts.component
),

final as (
    select
        component,
        record_count,
        node_a,
        node_b,
        strength
    from ranked
    where weakness_rank = 1
)

select * from final
