{# One row per known identifier with the node that stands for its component: shared identifiers
   first, then what the records say of the person. #}
with

identifier_components as (
    select
        node,
        component
    from {{ ref('int_identity__identifier_components') }}
),

personal_components as (
    select
        node,
        component
    from {{ ref('int_identity__personal_components') }}
),

final as (
    select
        identifier_components.node,
        coalesce(personal_components.component, identifier_components.component) as component
    from identifier_components
    left join personal_components
        on identifier_components.component = personal_components.node
)

select * from final
