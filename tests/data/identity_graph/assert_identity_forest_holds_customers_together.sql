-- The links that hold customers together are as many as it takes: one less than the identifiers of
-- each component.
{{ config(group='identity_graph') }}

with

identifier_counts as (
    select
        component,
        count(*) as identifier_count
    from {{ ref('int_identity__components') }}
    group by component
),

link_counts as (
    select
        components.component,
        count(*) as link_count
    from {{ ref('int_identity__spanning_links') }} as spanning_links
    inner join {{ ref('int_identity__components') }} as components
        on spanning_links.node_a = components.node
    group by components.component
)

select identifier_counts.component
from identifier_counts
left join link_counts
    on identifier_counts.component = link_counts.component
where identifier_counts.identifier_count - 1 <> coalesce(link_counts.link_count, 0)
