{# One row per time that identifiers of one customer went over to another one. #}
with

identity_changes as (
    select * from {{ ref('identity_changes') }}
),

final as (
    select
        change_key,
        old_customer_id,
        new_customer_id,
        change_kind,
        rule,
        entity,
        source_name,
        source_record_id,
        record_count,
        identifier_count,
        build,
        batch_id,
        changed_at
    from identity_changes
)

select * from final
