{# One row per source record that belongs to a customer: the way back from a customer to every
   system. #}
with

unified_source_records as (
    select
        customer_id,
        source_name,
        entity,
        source_record_id
    from {{ ref('unified_source_records') }}
),

final as (
    select
        customer_id,
        source_name,
        entity,
        source_record_id
    from unified_source_records
)

select * from final
