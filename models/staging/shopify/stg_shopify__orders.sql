{# One row per landed row of shopify.order: a web order, without its coupons (they come in a table of their
   own; int_shopify__orders brings both together). #}
with

orders as (
    select * from {{ source('shopify', 'order') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.order' as source_table,
        cast(orders.id as string) as source_record_id,
        cast(orders.id as string) as order_id,
        cast(orders.customer_id as string) as customer_record_id,
        cast(orders.customer_id as string) as user_id,
        -- of a web order the location is the warehouse that ships it, not a shop
        case
            when lower(orders.source_name) = 'pos' then cast(orders.location_id as string)
        end as store_id,
        ---------- strings
        {{ normalize_email('orders.email') }} as email,
        {{ normalize_phone(
            'orders.phone', normalize_country_code('orders.shipping_address_country_code')
        ) }} as phone,
        {{ map_values('orders.source_name', {
            'pos': 'store',
            'app': 'app',
            'android': 'app',
            'iphone': 'app',
            'shopify_draft_order': 'phone',
        }, otherwise="'web'") }} as channel,
        -- an order deleted in the shop is no sale any more
        case
            when
                orders.cancelled_at is not null
                or lower(orders.financial_status) = 'voided'
                or coalesce(orders._fivetran_deleted, false)
                then 'cancelled'
            when
                lower(orders.fulfillment_status) = 'fulfilled'
                or lower(orders.financial_status) in ('paid', 'partially_refunded', 'refunded')
                then 'completed'
            else 'placed'
        end as status,
        upper({{ clean_text('orders.currency') }}) as currency,
        ---------- numbers
        cast(round(orders.total_discounts, 2) as decimal(18, 2)) as discount,
        cast(round(orders.total_tax, 2) as decimal(18, 2)) as tax,
        -- the shop gives no shipping amount: it is what the total has beyond goods and added tax; without a
        -- word on tax, prices include it when goods and tax together exceed the total
        cast(round(
            case
                when
                    coalesce(
                        orders.taxes_included,
                        orders.subtotal_price + coalesce(orders.total_tax, 0) > orders.total_price
                    )
                    then orders.total_price - orders.subtotal_price
                else orders.total_price - orders.subtotal_price - coalesce(orders.total_tax, 0)
            end,
            2
        ) as decimal(18, 2)) as shipping,
        cast(round(orders.total_price, 2) as decimal(18, 2)) as total,
        ---------- booleans
        coalesce(orders.test, false) as is_test,
        coalesce(
            orders.taxes_included,
            orders.subtotal_price + coalesce(orders.total_tax, 0) > orders.total_price,
            false
        ) as is_tax_included,
        ---------- timestamps
        coalesce(orders.processed_at, orders.created_at) as ordered_at,
        case
            when coalesce(orders._fivetran_deleted, false)
                then coalesce(orders.cancelled_at, orders.updated_at)
            else orders.cancelled_at
        end as cancelled_at,
        coalesce(orders.updated_at, orders.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('orders') }},
        {{ reject_reason([
            ('orders.id is null', 'null key'),
            (is_bad_time('coalesce(orders.processed_at, orders.created_at)'),
                'time missing or out of range'),
            (is_bad_time('coalesce(orders.updated_at, orders.created_at)'),
                'time missing or out of range'),
        ]) }} as reject_reason,
        {{ row_as_json('orders') }} as payload
    from orders
)

select * from final
