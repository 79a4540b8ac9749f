{# One row per source record that belongs to a customer. #}
with

identity_source_records as (
    select
        customer_id,
        source_name,
        entity,
        source_record_id,
        batch_id,
        seen_at,
        recorded_at
    from {{ ref('identity_source_records') }}
),

final as (
    select
        customer_id,
        source_name,
        entity,
        source_record_id,
        batch_id,
        seen_at,
        recorded_at
    from identity_source_records
    where customer_id is not null
)

select * from final
