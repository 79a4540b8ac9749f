{# One row per identifier of a component that broke a limit or a decision, with the component
   that is left after the weakest links were cut until it holds. #}
{{ config(materialized='limited_components') }}

with

breached as (
    select component
    from {{ ref('int_identity__breaches') }}
    group by component
),

components as (
    select joined.node
    from {{ ref('int_identity__joined_components') }} as joined
    inner join breached
        on joined.component = breached.component
),

nodes as (
    select
        nodes.node_id,
        nodes.identifier_type,
        rules.limit_per_customer,
        rules.limit_window_seconds,
        nodes.first_seen_at
    from {{ ref('int_identity__nodes') }} as nodes
    inner join components
        on nodes.node_id = components.node
    inner join {{ ref('int_identity__rules') }} as rules
        on nodes.identifier_type = rules.identifier_type
),

kept_apart as (
    select
        node_a,
        node_b
    from {{ ref('int_identity__kept_apart') }}
),

links as (
    select
        links.node_a,
        links.node_b,
        links.strength
    from {{ ref('int_identity__links') }} as links
    inner join components
        on links.node_a = components.node
),

final as (
    select
        node_a,
        node_b,
        'link' as kind,
        strength,
        cast(null as string) as item_type,
        cast(null as bigint) as item_limit,
        cast(null as bigint) as window_seconds,
        cast(null as double) as seen_at_seconds
    from links
    union all
    select
        node_a,
        node_b,
        'apart' as kind,
        cast(null as bigint) as strength,
        cast(null as string) as item_type,
        cast(null as bigint) as item_limit,
        cast(null as bigint) as window_seconds,
        cast(null as double) as seen_at_seconds
    from kept_apart
    union all
    select
        node_id as node_a,
        cast(null as bigint) as node_b,
        'item' as kind,
        cast(null as bigint) as strength,
        identifier_type as item_type,
        limit_per_customer as item_limit,
        cast(limit_window_seconds as bigint) as window_seconds,
        {{ seconds_between("cast('2000-01-01' as timestamp)", 'first_seen_at') }} as seen_at_seconds
    from nodes
)

select * from final
