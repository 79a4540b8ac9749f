{#- One row per customer id that was in use and now stands for another customer. -#}
with

unified_identity_merges as (
    select * from {{ ref('unified_identity_merges') }}
),

final as (
    select
        cast(old_customer_id as string) as old_customer_id,
        cast(new_customer_id as string) as new_customer_id,
        cast('merge' as string) as change_type,
        cast(issued_batch_id as bigint) as issued_batch_id,
        cast(merged_batch_id as bigint) as changed_batch_id,
        cast(was_anonymous as boolean) as was_anonymous
    from unified_identity_merges
)

select * from final
