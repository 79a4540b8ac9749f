{# One row per order, with the customer that the identity map gives it now and whether it
   counts. #}
with

harmonized_orders as (
    select * from {{ ref('harmonized_orders') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'orders'
),

unified_customers as (
    select
        customer_id,
        is_test,
        is_internal
    from {{ ref('unified_customers') }}
),

final as (
    select
        identity_source_records.customer_id,
        harmonized_orders.source_name,
        harmonized_orders.source_table,
        harmonized_orders.source_record_id,
        harmonized_orders.order_id,
        harmonized_orders.customer_record_id,
        harmonized_orders.email,
        harmonized_orders.phone,
        harmonized_orders.loyalty_number,
        harmonized_orders.user_id,
        harmonized_orders.anonymous_id,
        harmonized_orders.channel,
        harmonized_orders.store_id,
        harmonized_orders.status,
        harmonized_orders.currency,
        harmonized_orders.coupon_codes,
        harmonized_orders.payment_method,
        harmonized_orders.discount,
        harmonized_orders.tax,
        harmonized_orders.shipping,
        harmonized_orders.total,
        coalesce(harmonized_orders.is_test, false) as is_test,
        -- An order counts unless it was cancelled by now or was never a real one.
        (
            not coalesce(harmonized_orders.is_test, false)
            and not coalesce(unified_customers.is_test, false)
            and not coalesce(unified_customers.is_internal, false)
            and not (
                coalesce(harmonized_orders.status, '') = 'cancelled'
                and coalesce(harmonized_orders.cancelled_at, harmonized_orders.ordered_at)
                <= {{ as_of() }}
            )
        ) as is_kept,
        harmonized_orders.ordered_at,
        harmonized_orders.cancelled_at,
        harmonized_orders.recorded_at,
        harmonized_orders.landed_at,
        harmonized_orders.batch_id
    from harmonized_orders
    left join identity_source_records
        on
            harmonized_orders.source_name = identity_source_records.source_name
            and harmonized_orders.source_record_id = identity_source_records.source_record_id
    left join unified_customers
        on identity_source_records.customer_id = unified_customers.customer_id
    where harmonized_orders.ordered_at <= {{ as_of() }}
)

select * from final
