{# One row per time that identifiers of one customer went over to another one, with the record
   and the rule that caused it. #}
with

registry as (
    select * from {{ ref('int_identity__registry') }}
    where entry_type = 'change'
),

final as (
    select
        cast(build as string) || '|' || old_customer_id || '|' || customer_id as change_key,
        old_customer_id,
        customer_id as new_customer_id,
        change_kind,
        rule,
        anchor_entity as entity,
        anchor_source_name as source_name,
        anchor_source_record_id as source_record_id,
        record_count,
        identifier_count,
        build,
        batch_id,
        changed_at
    from registry
)

select * from final
