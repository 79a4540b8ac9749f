{# One row per identifier that several records carry and that links none of them. #}
with

identity_links_cut as (
    select * from {{ ref('identity_links_cut') }}
),

final as (
    select
        identifier_key,
        identifier_type,
        identifier_value,
        reason,
        rule,
        restored_by,
        partner_count,
        person_count,
        record_count,
        first_seen_at,
        last_seen_at,
        batch_id
    from identity_links_cut
)

select * from final
