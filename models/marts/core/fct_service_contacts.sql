{# One row per service contact. What the customer wrote stays in the customer room. #}
with

unified_service_contacts as (
    select * from {{ ref('unified_service_contacts') }}
),

final as (
    select
        source_name || '|' || source_record_id as service_contact_key,
        customer_id,
        source_name,
        contact_id,
        order_id,
        product_id,
        channel,
        reason,
        priority,
        status,
        satisfaction_score,
        cast({{ seconds_between('opened_at', 'closed_at') }} / 3600.0 as double) as hours_to_close,
        closed_at is null or closed_at > {{ as_of() }} as is_open,
        opened_at,
        closed_at
    from unified_service_contacts
)

select * from final
