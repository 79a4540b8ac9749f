{#- One row per customer id that was in use and now stands for another customer: how to read an
    older extract. -#}
with

unified_identity_merges as (
    select * from {{ ref('unified_identity_merges') }}
),

final as (
    select
        cast(old_customer_id as string) as old_customer_id,
        cast(new_customer_id as string) as customer_id,
        cast(rule as string) as rule,
        cast(was_anonymous as boolean) as was_anonymous,
        cast(merged_at as timestamp) as merged_at
    from unified_identity_merges
)

select * from final
