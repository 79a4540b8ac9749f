{#- One row per customer who shares a household with another customer. -#}
with

unified_households as (
    select * from {{ ref('unified_households') }}
),

final as (
    select
        cast(household_id as string) as household_id,
        cast(customer_id as string) as customer_id,
        cast(rule as string) as joined_by
    from unified_households
)

select * from final
