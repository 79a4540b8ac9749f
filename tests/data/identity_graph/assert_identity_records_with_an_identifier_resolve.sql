-- A record has the customer that the map gives for its identifier, and a person record whose own
-- key is not blocked always has one.
with

source_records as (
    select
        entity,
        source_name,
        source_record_id,
        identifier_key,
        customer_id
    from {{ ref('identity_source_records') }}
),

identity_map as (
    select
        identifier_key,
        customer_id
    from {{ ref('identity_map') }}
),

blocked as (
    select identifier_value as customer_record
    from {{ ref('identity_links_cut') }}
    where
        identifier_type = 'customer_record'
        and reason = 'blocked_value'
),

elsewhere as (
    select
        source_records.entity,
        source_records.source_name,
        source_records.source_record_id
    from source_records
    left join identity_map
        on source_records.identifier_key = identity_map.identifier_key
    where coalesce(source_records.customer_id, '') <> coalesce(identity_map.customer_id, '')
),

nowhere as (
    select
        source_records.entity,
        source_records.source_name,
        source_records.source_record_id
    from source_records
    left join blocked
        on
            source_records.source_name || '|' || source_records.source_record_id
            = blocked.customer_record
    where
        source_records.entity = 'customers'
        and source_records.customer_id is null
        and blocked.customer_record is null
),

final as (
    select * from elsewhere
    union all
    select * from nowhere
)

select * from final
