{# One row per shop visit, with the customer that the identity map gives it now. #}
with

harmonized_store_visits as (
    select * from {{ ref('harmonized_store_visits') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'store_visits'
),

final as (
    select
        identity_source_records.customer_id,
        harmonized_store_visits.source_name,
        harmonized_store_visits.source_table,
        harmonized_store_visits.source_record_id,
        harmonized_store_visits.visit_id,
        harmonized_store_visits.customer_record_id,
        harmonized_store_visits.email,
        harmonized_store_visits.loyalty_number,
        harmonized_store_visits.store_id,
        harmonized_store_visits.visit_type,
        harmonized_store_visits.notes,
        harmonized_store_visits.visited_at,
        harmonized_store_visits.recorded_at,
        harmonized_store_visits.landed_at,
        harmonized_store_visits.batch_id
    from harmonized_store_visits
    left join identity_source_records
        on
            harmonized_store_visits.source_name = identity_source_records.source_name
            and harmonized_store_visits.source_record_id = identity_source_records.source_record_id
    where harmonized_store_visits.visited_at <= {{ as_of() }}
)

select * from final
