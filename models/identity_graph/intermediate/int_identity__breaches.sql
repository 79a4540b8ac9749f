{# One row per component and rule that it breaks: more identifiers of a type than a customer may
   have, or two identifiers that a decision keeps apart. #}
with

components as (
    select
        node,
        component
    from {{ ref('int_identity__joined_components') }}
),

nodes as (
    select
        node_id,
        identifier_type,
        first_seen_at
    from {{ ref('int_identity__nodes') }}
),

rules as (
    select
        identifier_type,
        limit_per_customer,
        limit_window_seconds
    from {{ ref('int_identity__rules') }}
    where limit_per_customer is not null
),

kept_apart as (
    select
        override_id,
        node_a,
        node_b
    from {{ ref('int_identity__kept_apart') }}
),

limited as (
    select
        components.component,
        nodes.node_id,
        nodes.identifier_type,
        nodes.first_seen_at,
        rules.limit_per_customer,
        rules.limit_window_seconds,
        count(*) over (
            partition by
                components.component,
                nodes.identifier_type
        ) as identifier_count
    from components
    inner join nodes
        on components.node = nodes.node_id
    inner join rules
        on nodes.identifier_type = rules.identifier_type
),

over_limit_ever as (
    select
        component,
        'limit_per_customer of ' || identifier_type as rule
    from limited
    where
        limit_window_seconds is null
        and identifier_count > limit_per_customer
    group by
        component,
        identifier_type
),

-- Within a window, the identifiers first seen in the time before each of them are counted.
windowed as (
    select * from limited
    where
        limit_window_seconds is not null
        and identifier_count > limit_per_customer
),

over_limit_in_window as (
    select
        later.component,
        later.identifier_type
    from windowed as later
    inner join windowed as earlier
        on
            later.component = earlier.component
            and later.identifier_type = earlier.identifier_type
    where
        earlier.first_seen_at <= later.first_seen_at
        and {{ seconds_between('earlier.first_seen_at', 'later.first_seen_at') }}
        < later.limit_window_seconds
    group by
        later.component,
        later.identifier_type,
        later.node_id
    having count(*) > min(later.limit_per_customer)
),

held_together as (
    select
        components_a.component,
        'cannot_link ' || kept_apart.override_id as rule
    from kept_apart
    inner join components as components_a
        on kept_apart.node_a = components_a.node
    inner join components as components_b
        on
            kept_apart.node_b = components_b.node
            and components_a.component = components_b.component
),

final as (
    select
        component,
        rule,
        false as is_decision
    from over_limit_ever
    union all
    select
        component,
        'limit_per_customer of ' || identifier_type as rule,
        false as is_decision
    from over_limit_in_window
    group by
        component,
        identifier_type
    union all
    select
        component,
        rule,
        true as is_decision
    from held_together
)

select * from final
