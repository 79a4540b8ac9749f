{{ config(materialized='table') }}

{# One row per stretch of time in which purchases permit marketing to the contact point given with
   them, where the market has such a rule: from a purchase until valid_days after the last one that
   follows before the permission ends. The address on an order permits that address, whoever is held
   to own it; what its customer record names permits the record's customer. Either is decided by
   what the sources say together, so no merge of customers opens a contact point. #}
with

unified_orders as (
    select
        customer_id,
        source_name,
        source_record_id,
        customer_record_id,
        email,
        phone,
        ordered_at,
        recorded_at
    from {{ ref('unified_orders') }}
    where is_kept
),

int_customer__record_points as (
    select
        source_name,
        source_record_id,
        contact_point_type,
        contact_point
    from {{ ref('int_customer__record_points') }}
),

int_customer__contact_points as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        market
    from {{ ref('int_customer__contact_points') }}
    where market is not null
),

contact_permissions as (
    select
        market,
        channel,
        legal_basis,
        valid_days,
        valid_from
    from {{ ref('contact_permissions') }}
    where is_enabled
),

consent_channels as (
    select
        channel,
        contact_point_type
    from {{ ref('consent_channels') }}
),

given_points as (
    select
        cast(null as string) as customer_id,
        source_name,
        source_record_id,
        'email' as contact_point_type,
        email as contact_point,
        ordered_at,
        recorded_at
    from unified_orders
    where email is not null

    union all

    select
        cast(null as string) as customer_id,
        source_name,
        source_record_id,
        'phone' as contact_point_type,
        phone as contact_point,
        ordered_at,
        recorded_at
    from unified_orders
    where phone is not null

    union all

    select
        unified_orders.customer_id,
        unified_orders.source_name,
        unified_orders.source_record_id,
        int_customer__record_points.contact_point_type,
        int_customer__record_points.contact_point,
        unified_orders.ordered_at,
        unified_orders.recorded_at
    from unified_orders
    inner join int_customer__record_points
        on
            unified_orders.source_name = int_customer__record_points.source_name
            and unified_orders.customer_record_id = int_customer__record_points.source_record_id
    where
        unified_orders.customer_id is not null
        and int_customer__record_points.contact_point <> coalesce(unified_orders.email, '')
        and int_customer__record_points.contact_point <> coalesce(unified_orders.phone, '')
),

purchases as (
    select
        int_customer__contact_points.customer_id,
        given_points.source_name,
        given_points.source_record_id,
        given_points.contact_point_type,
        given_points.contact_point,
        contact_permissions.channel,
        contact_permissions.legal_basis,
        given_points.ordered_at,
        greatest(given_points.ordered_at, given_points.recorded_at) as recorded_at,
        {{ add_time('given_points.ordered_at', 'contact_permissions.valid_days', 'day') }}
            as expires_at
    from given_points
    inner join int_customer__contact_points
        on
            given_points.contact_point_type = int_customer__contact_points.contact_point_type
            and given_points.contact_point = int_customer__contact_points.contact_point
            and coalesce(given_points.customer_id, int_customer__contact_points.customer_id)
            = int_customer__contact_points.customer_id
    inner join consent_channels
        on given_points.contact_point_type = consent_channels.contact_point_type
    inner join contact_permissions
        on
            int_customer__contact_points.market = contact_permissions.market
            and consent_channels.channel = contact_permissions.channel
            and given_points.ordered_at >= contact_permissions.valid_from
),

followed as (
    select
        *,
        case
            when
                ordered_at <= max(expires_at) over (
                    partition by customer_id, contact_point_type, contact_point, channel
                    order by ordered_at asc, source_name asc, source_record_id asc
                    rows between unbounded preceding and 1 preceding
                )
                then 0
            else 1
        end as is_start
    from purchases
),

numbered as (
    select
        *,
        sum(is_start) over (
            partition by customer_id, contact_point_type, contact_point, channel
            order by ordered_at asc, source_name asc, source_record_id asc
            rows between unbounded preceding and current row
        ) as stretch_number,
        row_number() over (
            partition by customer_id, contact_point_type, contact_point, channel
            order by ordered_at asc, source_name asc, source_record_id asc
        ) as purchase_number
    from followed
),

stretches as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        legal_basis,
        stretch_number,
        min(purchase_number) as first_purchase_number,
        max(expires_at) as expires_at
    from numbered
    group by
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        legal_basis,
        stretch_number
),

final as (
    select
        stretches.customer_id,
        stretches.contact_point_type,
        stretches.contact_point,
        stretches.channel,
        stretches.legal_basis,
        numbered.source_name,
        numbered.source_record_id,
        numbered.ordered_at,
        numbered.recorded_at,
        stretches.expires_at
    from stretches
    inner join numbered
        on
            stretches.customer_id = numbered.customer_id
            and stretches.contact_point_type = numbered.contact_point_type
            and stretches.contact_point = numbered.contact_point
            and stretches.channel = numbered.channel
            and stretches.first_purchase_number = numbered.purchase_number
)

select * from final
