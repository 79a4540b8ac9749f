{# One row per service contact, with the customer that the identity map gives it now. #}
with

harmonized_service_contacts as (
    select * from {{ ref('harmonized_service_contacts') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'service_contacts'
),

final as (
    select
        identity_source_records.customer_id,
        harmonized_service_contacts.source_name,
        harmonized_service_contacts.source_table,
        harmonized_service_contacts.source_record_id,
        harmonized_service_contacts.contact_id,
        harmonized_service_contacts.customer_record_id,
        harmonized_service_contacts.email,
        harmonized_service_contacts.phone,
        harmonized_service_contacts.order_id,
        harmonized_service_contacts.product_id,
        harmonized_service_contacts.channel,
        harmonized_service_contacts.reason,
        harmonized_service_contacts.priority,
        harmonized_service_contacts.status,
        harmonized_service_contacts.subject,
        harmonized_service_contacts.satisfaction_score,
        harmonized_service_contacts.opened_at,
        harmonized_service_contacts.closed_at,
        harmonized_service_contacts.recorded_at,
        harmonized_service_contacts.landed_at,
        harmonized_service_contacts.batch_id
    from harmonized_service_contacts
    left join identity_source_records
        on
            harmonized_service_contacts.source_name = identity_source_records.source_name
            and harmonized_service_contacts.source_record_id
            = identity_source_records.source_record_id
    where harmonized_service_contacts.opened_at <= {{ as_of() }}
)

select * from final
