{# One row per known identifier with the node that stands for its component, after limits and
   decisions. #}
with

joined_components as (
    select
        node,
        component
    from {{ ref('int_identity__joined_components') }}
),

limited_components as (
    select
        node,
        component
    from {{ ref('int_identity__limited_components') }}
),

final as (
    select
        joined_components.node,
        coalesce(limited_components.component, joined_components.component) as component
    from joined_components
    left join limited_components
        on joined_components.node = limited_components.node
)

select * from final
