{#- One row per segment and customer in it. Only customers proper: no staff, tests, robots or
    minors. -#}
with

unified_customers as (
    select customer_id
    from {{ ref('unified_customers') }}
    where population = 'customer'
),

members as (
    {%- for segment in var('segments') %}
    select
        '{{ segment }}' as segment_code,
        customer_id
    from {{ ref('int_segments__' ~ segment) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        cast(members.segment_code || '|' || members.customer_id as string) as segment_customer_key,
        cast(members.segment_code as string) as segment_code,
        cast(members.customer_id as string) as customer_id
    from members
    inner join unified_customers
        on members.customer_id = unified_customers.customer_id
)

select * from final
