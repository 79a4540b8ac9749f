{# One row per usable identifier of a signature: not claimed without proof, not blocked, and within
   its limits. #}
with

identifiers as (
    select
        signature_key,
        identifier_type,
        identifier_value
    from {{ ref('int_identity__proven_identifiers') }}
),

nodes as (
    select
        identifier_type,
        identifier_value,
        node_id,
        priority,
        link_bits,
        is_known,
        status
    from {{ ref('int_identity__nodes') }}
    where status in ('linking', 'shared')
),

final as (
    select
        identifiers.signature_key,
        nodes.node_id,
        nodes.priority,
        nodes.link_bits,
        nodes.is_known,
        nodes.status = 'shared' as is_shared
    from identifiers
    inner join nodes
        on
            identifiers.identifier_type = nodes.identifier_type
            and identifiers.identifier_value = nodes.identifier_value
)

select * from final
