{# One row per decision in force that two identifiers of the graph are not one customer. #}
with

overrides as (
    select * from {{ ref('identity_overrides') }}
    where
        action = 'cannot_link'
        and coalesce(valid_from, {{ as_of() }}) <= {{ as_of() }}
        and (valid_to is null or valid_to > {{ as_of() }})
),

nodes as (
    select
        node_id,
        identifier_type,
        identifier_value
    from {{ ref('int_identity__nodes') }}
    where
        is_known
        and status in ('linking', 'shared')
),

final as (
    select
        overrides.override_id,
        overrides.owner,
        overrides.reason,
        nodes_a.node_id as node_a,
        nodes_b.node_id as node_b
    from overrides
    inner join nodes as nodes_a
        on
            overrides.identifier_type_a = nodes_a.identifier_type
            and overrides.identifier_value_a = nodes_a.identifier_value
    inner join nodes as nodes_b
        on
            overrides.identifier_type_b = nodes_b.identifier_type
            and overrides.identifier_value_b = nodes_b.identifier_value
)

select * from final
