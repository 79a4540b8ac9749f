{{ config(materialized='table') }}

{# One row per customer, kind of contact point and contact point: every e-mail address, phone
   number, postal address, push token and social handle known of a customer, with all that is known
   about it. What messages learned belongs to the contact point, so all customers who share it carry
   it. #}
with

int_customer__contact_points as (
    select * from {{ ref('int_customer__contact_points') }}
),

int_customer__message_outcomes as (
    select * from {{ ref('int_customer__message_outcomes') }}
),

int_customer__record_points as (
    select
        customer_id,
        source_name,
        source_record_id,
        contact_point
    from {{ ref('int_customer__record_points') }}
    where contact_point_type = 'address'
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

unified_orders as (
    select
        customer_id,
        email,
        phone,
        ordered_at
    from {{ ref('unified_orders') }}
    where
        customer_id is not null
        and coalesce(email, phone) is not null
),

unified_consent_acts as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        captured_at
    from {{ ref('unified_consent_acts') }}
    where
        status = 'granted'
        and customer_id is not null
        and contact_point is not null
),

unified_consents as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        status
    from {{ ref('unified_consents') }}
    where
        purpose = 'marketing'
        and brand = '*'
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
        int_customer__record_points.contact_point
    from unified_customer_attributes
    inner join int_customer__record_points
        on
            unified_customer_attributes.customer_id = int_customer__record_points.customer_id
            and unified_customer_attributes.source_name = int_customer__record_points.source_name
            and unified_customer_attributes.source_record_id
            = int_customer__record_points.source_record_id
),

-- The person used it: ordered with it, agreed to marketing at it.
used_points as (
    select
        customer_id,
        'email' as contact_point_type,
        email as contact_point,
        ordered_at as used_at
    from unified_orders
    where email is not null

    union all

    select
        customer_id,
        'phone' as contact_point_type,
        phone as contact_point,
        ordered_at as used_at
    from unified_orders
    where phone is not null

    union all

    select
        customer_id,
        contact_point_type,
        contact_point,
        captured_at as used_at
    from unified_consent_acts
),

last_uses as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        max(used_at) as last_used_at
    from used_points
    group by
        customer_id,
        contact_point_type,
        contact_point
),

consented_points as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        {{ list_to_text(sorted_distinct_list('channel', "status = 'granted'"), ',') }}
            as consented_channels,
        {{ list_to_text(sorted_distinct_list('channel', "status = 'permitted'"), ',') }}
            as permitted_channels,
        {{ list_to_text(sorted_distinct_list('channel', "status = 'withdrawn'"), ',') }}
            as refused_channels
    from unified_consents
    group by
        customer_id,
        contact_point_type,
        contact_point
),

final as (
    select
        int_customer__contact_points.customer_id,
        int_customer__contact_points.contact_point_type,
        int_customer__contact_points.contact_point,
        int_customer__contact_points.market,
        nullif(consented_points.consented_channels, '') as consented_channels,
        nullif(consented_points.permitted_channels, '') as permitted_channels,
        nullif(consented_points.refused_channels, '') as refused_channels,
        coalesce(int_customer__message_outcomes.soft_bounces_in_a_row, 0)
            as soft_bounces_in_a_row,
        primary_points.customer_id is not null as is_primary,
        int_customer__contact_points.is_verified,
        -- Known only of what something was sent to.
        case
            when
                int_customer__message_outcomes.bounced_at is not null
                or int_customer__message_outcomes.soft_bounces_in_a_row > 0
                then false
            when int_customer__message_outcomes.last_delivered_at is not null then true
        end as is_deliverable,
        int_customer__message_outcomes.bounced_at is not null as is_bounced,
        int_customer__message_outcomes.complained_at is not null as is_complained,
        int_customer__message_outcomes.bounced_at,
        int_customer__message_outcomes.complained_at,
        int_customer__message_outcomes.last_delivered_at,
        -- The latest proof that it is in use, and by this person.
        nullif(
            greatest(
                coalesce(last_uses.last_used_at, cast('1900-01-01' as timestamp)),
                coalesce(
                    int_customer__message_outcomes.last_answered_at,
                    cast('1900-01-01' as timestamp)
                ),
                coalesce(
                    case
                        when int_customer__contact_points.is_verified
                            then int_customer__contact_points.first_seen_at
                    end,
                    cast('1900-01-01' as timestamp)
                )
            ),
            cast('1900-01-01' as timestamp)
        ) as last_confirmed_at,
        int_customer__contact_points.first_seen_at,
        int_customer__contact_points.last_seen_at
    from int_customer__contact_points
    left join primary_points
        on
            int_customer__contact_points.customer_id = primary_points.customer_id
            and int_customer__contact_points.contact_point_type = primary_points.contact_point_type
            and int_customer__contact_points.contact_point = primary_points.contact_point
    left join int_customer__message_outcomes
        on
            int_customer__contact_points.contact_point_type
            = int_customer__message_outcomes.contact_point_type
            and int_customer__contact_points.contact_point
            = int_customer__message_outcomes.contact_point
    left join last_uses
        on
            int_customer__contact_points.customer_id = last_uses.customer_id
            and int_customer__contact_points.contact_point_type = last_uses.contact_point_type
            and int_customer__contact_points.contact_point = last_uses.contact_point
    left join consented_points
        on
            int_customer__contact_points.customer_id = consented_points.customer_id
            and int_customer__contact_points.contact_point_type
            = consented_points.contact_point_type
            and int_customer__contact_points.contact_point = consented_points.contact_point
)

select * from final
