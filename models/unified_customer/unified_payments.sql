{# One row per payment. It belongs to whoever placed the order that it names, so that an order
   and what comes back from it are never two people's; without such an order, to the customer
   that the identity map gives it now. #}
with

harmonized_payments as (
    select * from {{ ref('harmonized_payments') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'payments'
),

int_customer__order_owners as (
    select * from {{ ref('int_customer__order_owners') }}
),

final as (
    select
        coalesce(
            same_source_orders.customer_id,
            other_source_orders.customer_id,
            identity_source_records.customer_id
        ) as customer_id,
        harmonized_payments.source_name,
        harmonized_payments.source_table,
        harmonized_payments.source_record_id,
        harmonized_payments.payment_id,
        harmonized_payments.order_id,
        coalesce(same_source_orders.source_name, other_source_orders.source_name)
            as order_source_name,
        harmonized_payments.customer_record_id,
        harmonized_payments.email,
        harmonized_payments.phone,
        harmonized_payments.paid_at,
        harmonized_payments.payment_method,
        harmonized_payments.status,
        harmonized_payments.amount,
        harmonized_payments.amount_refunded,
        harmonized_payments.currency,
        harmonized_payments.instalments,
        harmonized_payments.is_test,
        harmonized_payments.recorded_at,
        harmonized_payments.landed_at,
        harmonized_payments.batch_id
    from harmonized_payments
    left join identity_source_records
        on
            harmonized_payments.source_name = identity_source_records.source_name
            and harmonized_payments.source_record_id = identity_source_records.source_record_id
    left join int_customer__order_owners as same_source_orders
        on
            harmonized_payments.order_id = same_source_orders.order_id
            and harmonized_payments.source_name = same_source_orders.source_name
    left join int_customer__order_owners as other_source_orders
        on
            harmonized_payments.order_id = other_source_orders.order_id
            and harmonized_payments.source_name <> other_source_orders.source_name
            and other_source_orders.is_unique_number
            and same_source_orders.order_id is null
    where harmonized_payments.paid_at <= {{ as_of() }}
)

select * from final
