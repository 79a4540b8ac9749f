{# One row per identifier that links nobody and per link that was cut. #}
with

identity_links_cut as (
    select * from {{ ref('identity_links_cut') }}
),

final as (
    select
        cut_key,
        identifier_key,
        other_identifier_key,
        identifier_type,
        identifier_value,
        reason,
        rule,
        restored_by,
        entity,
        source_name,
        source_record_id,
        partner_count,
        person_count,
        record_count,
        first_seen_at,
        last_seen_at,
        batch_id
    from identity_links_cut
)

select * from final
