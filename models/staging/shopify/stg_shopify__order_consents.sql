{# One row per landed row of shopify.order at which the buyer ticked the box for marketing e-mail. A
   box left empty is no withdrawal. #}
with

orders as (
    select * from {{ source('shopify', 'order') }}
    where buyer_accepts_marketing
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.order' as source_table,
        'order-' || cast(orders.id as string) as source_record_id,
        cast(orders.customer_id as string) as customer_record_id,
        ---------- strings
        {{ normalize_email('orders.email') }} as contact_point,
        'email' as channel,
        'marketing' as purpose,
        'granted' as status,
        'consent' as legal_basis,
        'checkout' as capture_source,
        ---------- timestamps
        coalesce(orders.processed_at, orders.created_at) as captured_at,
        coalesce(orders.updated_at, orders.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('orders') }},
        {{ reject_reason([
            ('orders.id is null', 'null key'),
            (is_bad_time('coalesce(orders.processed_at, orders.created_at)'), 'bad time'),
            (is_bad_time('coalesce(orders.updated_at, orders.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('orders') }} as payload
    from orders
    where {{ normalize_email('orders.email') }} is not null
)

select * from final
