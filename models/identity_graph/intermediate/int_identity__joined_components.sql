{# One row per known identifier with its component before limits and decisions: shared identifiers
   first, then what the records say of the person. #}
with

identifier_components as (
    select
        node,
        component
    from {{ ref('int_identity__identifier_components') }}
),

persons as (
    select
        node,
        cluster
    from {{ ref('int_identity__persons') }}
),

final as (
    select
        identifier_components.node,
        coalesce(persons.cluster, identifier_components.component) as component
    from identifier_components
    left join persons
        on identifier_components.component = persons.node
)

select * from final
