{#- One row per pair of identifiers that are tied together: why a customer is one customer.
    Identifiers are digests. -#}
with

unified_identity_links as (
    select * from {{ ref('unified_identity_links') }}
),

final as (
    select
        cast(identifier_key_a || '|' || identifier_key_b || '|' || rule as string) as link_key,
        cast(customer_id as string) as customer_id,
        cast(identifier_key_a as string) as identifier_key_a,
        cast(identifier_key_b as string) as identifier_key_b,
        cast(identifier_type_a as string) as identifier_type_a,
        cast(identifier_type_b as string) as identifier_type_b,
        cast(rule as string) as rule,
        cast(entity as string) as entity,
        cast(source_name as string) as source_name,
        cast(first_source_record_id as string) as first_source_record_id,
        cast(link_bits as double) as link_bits,
        cast(record_count as bigint) as record_count,
        cast(is_spanning as boolean) as is_spanning,
        cast(is_weakest as boolean) as is_weakest,
        cast(first_seen_at as timestamp) as first_seen_at,
        cast(last_seen_at as timestamp) as last_seen_at
    from unified_identity_links
)

select * from final
