{{ config(materialized='table') }}

{# One row per customer, kind of contact point and contact point: every e-mail address, phone
   number and postal address known of a customer, and what messages learned about it. A bounce
   or a complaint belongs to the contact point, so all customers who share it carry it. #}
with

int_customer__records as (
    select
        customer_id,
        email,
        phone,
        address_point,
        created_at,
        recorded_at
    from {{ ref('int_customer__records') }}
),

identity_map as (
    select
        customer_id,
        identifier_type,
        identifier_value,
        first_seen_at
    from {{ ref('identity_map') }}
    where
        identifier_type in ('email', 'phone')
        and customer_id is not null
),

unified_customers as (
    select
        customer_id,
        email,
        phone
    from {{ ref('unified_customers') }}
),

unified_customer_attributes as (
    select
        customer_id,
        source_name,
        source_record_id
    from {{ ref('unified_customer_attributes') }}
    where attribute = 'address_line'
),

address_records as (
    select
        customer_id,
        source_name,
        source_record_id,
        address_point
    from {{ ref('int_customer__records') }}
    where address_point is not null
),

int_customer__message_failures as (
    select * from {{ ref('int_customer__message_failures') }}
),

observed_points as (
    select
        customer_id,
        'email' as contact_point_type,
        email as contact_point,
        coalesce(created_at, recorded_at) as first_seen_at,
        recorded_at as last_seen_at
    from int_customer__records
    where email is not null

    union all

    select
        customer_id,
        'phone' as contact_point_type,
        phone as contact_point,
        coalesce(created_at, recorded_at) as first_seen_at,
        recorded_at as last_seen_at
    from int_customer__records
    where phone is not null

    union all

    select
        customer_id,
        'address' as contact_point_type,
        address_point as contact_point,
        coalesce(created_at, recorded_at) as first_seen_at,
        recorded_at as last_seen_at
    from int_customer__records
    where address_point is not null

    union all

    -- Contact points seen only on facts: the e-mail of a guest order, the phone of a case.
    select
        customer_id,
        identifier_type as contact_point_type,
        identifier_value as contact_point,
        first_seen_at,
        first_seen_at as last_seen_at
    from identity_map
),

contact_points as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from observed_points
    group by
        customer_id,
        contact_point_type,
        contact_point
),

primary_points as (
    select
        customer_id,
        'email' as contact_point_type,
        email as contact_point
    from unified_customers
    where email is not null

    union all

    select
        customer_id,
        'phone' as contact_point_type,
        phone as contact_point
    from unified_customers
    where phone is not null

    union all

    select
        unified_customer_attributes.customer_id,
        'address' as contact_point_type,
        address_records.address_point as contact_point
    from unified_customer_attributes
    inner join address_records
        on
            unified_customer_attributes.customer_id = address_records.customer_id
            and unified_customer_attributes.source_name = address_records.source_name
            and unified_customer_attributes.source_record_id = address_records.source_record_id
),

final as (
    select
        contact_points.customer_id,
        contact_points.contact_point_type,
        contact_points.contact_point,
        coalesce(int_customer__message_failures.soft_bounces_in_a_row, 0)
            as soft_bounces_in_a_row,
        primary_points.customer_id is not null as is_primary,
        int_customer__message_failures.bounced_at is not null as is_bounced,
        int_customer__message_failures.complained_at is not null as is_complained,
        int_customer__message_failures.bounced_at,
        int_customer__message_failures.complained_at,
        contact_points.first_seen_at,
        contact_points.last_seen_at
    from contact_points
    left join primary_points
        on
            contact_points.customer_id = primary_points.customer_id
            and contact_points.contact_point_type = primary_points.contact_point_type
            and contact_points.contact_point = primary_points.contact_point
    left join int_customer__message_failures
        on
            contact_points.contact_point_type = int_customer__message_failures.contact_point_type
            and contact_points.contact_point = int_customer__message_failures.contact_point
)

select * from final
