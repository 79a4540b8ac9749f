{# One row per landed row of shopify.order: a web order, without its coupons (they come in a table
   of their own; int_shopify__orders brings both together). #}
with

orders as (
    select * from {{ source('shopify', 'order') }}
),

located as (
    select
        orders.*,
        {{ row_as_json('orders') }} as payload,
        {{ normalize_country_code('orders.shipping_address_country_code') }} as country_code,
        -- without a word on tax, prices include it when goods and tax exceed the total
        coalesce(
            orders.taxes_included,
            orders.subtotal_price + coalesce(orders.total_tax, 0) > orders.total_price,
            false
        ) as is_tax_included
    from orders
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.order' as source_table,
        cast(located.id as string) as source_record_id,
        cast(located.id as string) as order_id,
        cast(located.customer_id as string) as customer_record_id,
        cast(located.customer_id as string) as user_id,
        -- of a web order the location is the warehouse that ships it, not a shop
        case
            when lower(located.source_name) = 'pos' then cast(located.location_id as string)
        end as store_id,
        ---------- strings
        {{ normalize_email('located.email') }} as email,
        {{ normalize_phone('located.phone', 'located.country_code') }} as phone,
        {{ map_values('located.source_name', {
            'pos': 'store',
            'app': 'app',
            'android': 'app',
            'iphone': 'app',
            'shopify_draft_order': 'phone',
        }, otherwise="'web'") }} as channel,
        -- an order deleted in the shop is no sale any more
        case
            when
                {{ known_time('located.cancelled_at') }} is not null
                or lower(located.financial_status) = 'voided'
                or coalesce(located._fivetran_deleted, false)
                then 'cancelled'
            when
                lower(located.fulfillment_status) = 'fulfilled'
                or lower(located.financial_status) in ('paid', 'partially_refunded', 'refunded')
                then 'completed'
            else 'placed'
        end as status,
        upper({{ clean_text('located.currency') }}) as currency,
        ---------- numbers
        cast(round(located.total_discounts, 2) as decimal(18, 2)) as discount,
        cast(round(located.total_tax, 2) as decimal(18, 2)) as tax,
        -- the shop gives no shipping amount: it is what the total has beyond goods and added tax
        cast(round(
            case
                when located.is_tax_included then located.total_price - located.subtotal_price
                else located.total_price - located.subtotal_price - coalesce(located.total_tax, 0)
            end,
            2
        ) as decimal(18, 2)) as shipping,
        cast(round(located.total_price, 2) as decimal(18, 2)) as total,
        ---------- booleans
        coalesce(located.test, false) as is_test,
        located.is_tax_included,
        ---------- timestamps
        coalesce(located.processed_at, located.created_at) as ordered_at,
        case
            when coalesce(located._fivetran_deleted, false)
                then coalesce({{ known_time('located.cancelled_at') }}, located.updated_at)
            else located.cancelled_at
        end as cancelled_at,
        coalesce(located.updated_at, located.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('located') }},
        {{ reject_reason([
            ('located.id is null', 'null key'),
            (is_bad_time('coalesce(located.processed_at, located.created_at)'), 'bad time'),
            (is_bad_time('coalesce(located.updated_at, located.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        located.payload
    from located
)

select * from final
