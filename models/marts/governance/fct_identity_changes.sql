{#- One row per time that identifiers of one customer went over to another one: merges and splits
    with what caused them. -#}
with

unified_identity_changes as (
    select * from {{ ref('unified_identity_changes') }}
),

final as (
    select
        cast(change_key as string) as change_key,
        cast(old_customer_id as string) as old_customer_id,
        cast(new_customer_id as string) as new_customer_id,
        cast(change_kind as string) as change_type,
        cast(rule as string) as rule,
        cast(entity as string) as entity,
        cast(source_name as string) as source_name,
        cast(source_record_id as string) as source_record_id,
        cast(record_count as bigint) as record_count,
        cast(identifier_count as bigint) as identifier_count,
        cast(batch_id as bigint) as changed_batch_id,
        cast(changed_at as timestamp) as changed_at
    from unified_identity_changes
)

select * from final
