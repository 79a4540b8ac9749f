{#- One row per identifier that links nobody and per link that was cut; values stay inside. -#}
with

unified_identity_links_cut as (
    select * from {{ ref('unified_identity_links_cut') }}
),

final as (
    select
        cast(cut_key as string) as cut_key,
        cast(identifier_key as string) as identifier_key,
        cast(other_identifier_key as string) as other_identifier_key,
        cast(identifier_type as string) as identifier_type,
        cast(reason as string) as reason,
        cast(rule as string) as cut_by,
        cast(restored_by as string) as restored_by,
        cast(entity as string) as entity,
        cast(source_name as string) as source_name,
        cast(source_record_id as string) as source_record_id,
        cast(partner_count as bigint) as partner_count,
        cast(person_count as bigint) as person_count,
        cast(record_count as bigint) as record_count,
        cast(first_seen_at as timestamp) as first_seen_at,
        cast(last_seen_at as timestamp) as last_seen_at
    from unified_identity_links_cut
)

select * from final
