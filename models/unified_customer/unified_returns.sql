{# One row per returned line. It belongs to whoever placed the order that it names, so that an
   order and what comes back from it are never two people's; without such an order, to the
   customer that the identity map gives it now. #}
with

harmonized_returns as (
    select * from {{ ref('harmonized_returns') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'returns'
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
        harmonized_returns.source_name,
        harmonized_returns.source_table,
        harmonized_returns.source_record_id,
        harmonized_returns.return_id,
        harmonized_returns.order_id,
        coalesce(same_source_orders.source_name, other_source_orders.source_name)
            as order_source_name,
        harmonized_returns.line_id,
        harmonized_returns.customer_record_id,
        harmonized_returns.email,
        harmonized_returns.loyalty_number,
        harmonized_returns.product_id,
        harmonized_returns.variant_id,
        harmonized_returns.quantity,
        harmonized_returns.amount,
        harmonized_returns.currency,
        harmonized_returns.return_method,
        harmonized_returns.return_reason,
        harmonized_returns.returned_at,
        harmonized_returns.is_restocked,
        harmonized_returns.recorded_at,
        harmonized_returns.landed_at,
        harmonized_returns.batch_id
    from harmonized_returns
    left join identity_source_records
        on
            harmonized_returns.source_name = identity_source_records.source_name
            and harmonized_returns.source_record_id = identity_source_records.source_record_id
    left join int_customer__order_owners as same_source_orders
        on
            harmonized_returns.order_id = same_source_orders.order_id
            and harmonized_returns.source_name = same_source_orders.source_name
    left join int_customer__order_owners as other_source_orders
        on
            harmonized_returns.order_id = other_source_orders.order_id
            and harmonized_returns.source_name <> other_source_orders.source_name
            and other_source_orders.is_unique_number
            and same_source_orders.order_id is null
    where harmonized_returns.returned_at <= {{ as_of() }}
)

select * from final
