{#- One row per question about the identity graph for a person to decide; the answer goes into
    the seed identity_overrides. -#}
with

unified_identity_review_queue as (
    select * from {{ ref('unified_identity_review_queue') }}
),

final as (
    select
        cast(review_key as string) as review_key,
        cast(question as string) as question,
        cast(customer_id as string) as customer_id,
        cast(other_customer_id as string) as other_customer_id,
        cast(identifier_key_a as string) as identifier_key_a,
        cast(identifier_key_b as string) as identifier_key_b,
        cast(rule as string) as rule,
        cast(link_bits as double) as link_bits,
        cast(record_count as bigint) as record_count,
        cast(records_at_stake as bigint) as records_at_stake,
        cast(part_count as bigint) as part_count
    from unified_identity_review_queue
)

select * from final
