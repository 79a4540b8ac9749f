{# One row per customer who shares a household with another customer. #}
with

identity_households as (
    select * from {{ ref('identity_households') }}
),

final as (
    select
        household_id,
        customer_id,
        rule,
        customer_count
    from identity_households
)

select * from final
