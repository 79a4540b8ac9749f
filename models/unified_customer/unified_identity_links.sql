{# One row per pair of identifiers that are tied together. #}
with

identity_links as (
    select * from {{ ref('identity_links') }}
),

final as (
    select
        identifier_key_a,
        identifier_key_b,
        identifier_type_a,
        identifier_type_b,
        customer_id,
        rule,
        entity,
        source_name,
        first_source_record_id,
        link_bits,
        record_count,
        is_spanning,
        is_weakest,
        first_seen_at,
        last_seen_at
    from identity_links
)

select * from final
