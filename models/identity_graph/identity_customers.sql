{# One row per customer_id. #}
with

customers as (
    select * from {{ ref('int_identity__customers') }}
),

identity_map as (
    select
        customer_id,
        identifier_type
    from {{ ref('identity_map') }}
),

source_records as (
    select customer_id
    from {{ ref('identity_source_records') }}
    where customer_id is not null
),

identifier_counts as (
    select
        customer_id,
        count(*) as identifier_count
    from identity_map
    where identifier_type <> 'order_id'
    group by customer_id
),

record_counts as (
    select
        customer_id,
        count(*) as source_record_count
    from source_records
    group by customer_id
),

final as (
    select
        customers.customer_id,
        customers.anchor_entity,
        customers.anchor_source_name,
        customers.anchor_source_record_id,
        record_counts.source_record_count,
        coalesce(identifier_counts.identifier_count, 0) as identifier_count,
        customers.is_anonymous,
        customers.first_seen_at,
        customers.last_seen_at,
        customers.first_batch_id,
        customers.batch_id
    from customers
    inner join record_counts
        on customers.customer_id = record_counts.customer_id
    left join identifier_counts
        on customers.customer_id = identifier_counts.customer_id
)

select * from final
