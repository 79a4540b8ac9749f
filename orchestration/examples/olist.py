"""Olist: Brazilian marketplace, 2016-2018 (real, anonymised), CC BY-NC-SA 4.0.

The folder has all 99,441 customer records and 20,000 orders with their items, payments and reviews.
The shop gives a buyer a new customer_id with every order; customer_unique_id says who it is, so it
is the login of the person record, and 99,441 records are 96,096 persons.

Times are read as São Paulo time.
"""

from __future__ import annotations

from orchestration.examples.example import Example

ORDERS = """
    create table orders as
    select
        order_id,
        customer_id,
        order_status,
        timezone('UTC', timezone('America/Sao_Paulo', order_purchase_timestamp)) as ordered_at,
        timezone('UTC', timezone('America/Sao_Paulo', order_approved_at)) as approved_at,
        timezone('UTC', timezone('America/Sao_Paulo', greatest(
            order_purchase_timestamp, order_approved_at, order_delivered_carrier_date,
            order_delivered_customer_date
        ))) as recorded_at
    from raw_orders
"""

EXAMPLE = Example(
    name="olist",
    as_of="2018-11-01 00:00:00",
    files={
        "raw_customers": "full_customers.parquet",
        "raw_orders": "sample20k_orders.parquet",
        "raw_items": "sample20k_order_items.parquet",
        "raw_payments": "sample20k_order_payments.parquet",
        "raw_reviews": "sample20k_order_reviews.parquet",
        "raw_products": "full_products.parquet",
        "raw_categories": "full_product_category_name_translation.parquet",
    },
    prepare=(ORDERS,),
    tables={
        # The set dates no customer record; one without a known order has the set's first day.
        "contract/customers": """
            select
                'olist' as source_name,
                customer_id as source_record_id,
                customer_unique_id as user_id,
                customer_zip_code_prefix as postal_code,
                customer_city as city,
                customer_state as region,
                'BR' as country_code,
                'pt' as language,
                ordered_at as created_at,
                coalesce(ordered_at, timestamp '2016-09-04 00:00:00') as recorded_at
            from raw_customers
            left join orders using (customer_id)
        """,
        # An order that the seller could not serve (unavailable) came to nothing, as if cancelled.
        "contract/orders": """
            select
                'olist' as source_name,
                order_id as source_record_id,
                order_id,
                customer_id as customer_record_id,
                ordered_at,
                'web' as channel,
                case
                    when order_status = 'delivered' then 'completed'
                    when order_status in ('canceled', 'unavailable') then 'cancelled'
                    else 'placed'
                end as status,
                'BRL' as currency,
                freight.shipping,
                paid.total,
                paid.payment_method,
                recorded_at
            from orders
            left join (
                select
                    order_id,
                    sum(cast(payment_value as decimal(18, 2))) as total,
                    arg_max(payment_type, (payment_value, -payment_sequential)) as payment_method
                from raw_payments
                group by order_id
            ) as paid using (order_id)
            left join (
                select order_id, sum(cast(freight_value as decimal(18, 2))) as shipping
                from raw_items
                group by order_id
            ) as freight using (order_id)
        """,
        "contract/order_lines": """
            select
                'olist' as source_name,
                order_id || '-' || order_item_id as source_record_id,
                order_id,
                order_id || '-' || order_item_id as line_id,
                product_id,
                cast(1 as bigint) as quantity,
                cast(price as decimal(18, 4)) as unit_price,
                cast(price as decimal(18, 2)) as total,
                ordered_at,
                recorded_at
            from raw_items
            inner join orders using (order_id)
        """,
        "contract/payments": """
            select
                'olist' as source_name,
                order_id || '-' || payment_sequential as source_record_id,
                order_id || '-' || payment_sequential as payment_id,
                order_id,
                customer_id as customer_record_id,
                coalesce(approved_at, ordered_at) as paid_at,
                payment_type as payment_method,
                'succeeded' as status,
                cast(payment_value as decimal(18, 2)) as amount,
                'BRL' as currency,
                payment_installments as instalments,
                recorded_at
            from raw_payments
            inner join orders using (order_id)
        """,
        # One review may be about several orders, so its id alone is no key.
        "contract/surveys": """
            select
                'olist' as source_name,
                review_id || '-' || order_id as source_record_id,
                review_id || '-' || order_id as response_id,
                customer_id as customer_record_id,
                order_id,
                'review' as survey_type,
                cast(review_score as double) as score,
                cast(1 as double) as scale_min,
                cast(5 as double) as scale_max,
                review_comment_message as comment_text,
                timezone('UTC', timezone('America/Sao_Paulo', review_answer_timestamp))
                    as answered_at,
                timezone('UTC', timezone('America/Sao_Paulo', review_answer_timestamp))
                    as recorded_at
            from raw_reviews
            inner join orders using (order_id)
        """,
        "contract/products": """
            select
                'olist' as source_name,
                product_id as source_record_id,
                product_id,
                coalesce(product_category_name_english, product_category_name) as category,
                'BRL' as currency,
                timestamp '2016-09-04 00:00:00' as recorded_at
            from raw_products
            left join raw_categories using (product_category_name)
        """,
    },
)
