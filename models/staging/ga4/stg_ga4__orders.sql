{# One row per purchase event that names a transaction, as an order. Empty unless the var
   ga4_orders_enabled is true.

   A shop system is the better witness of its own orders, and both together would count revenue
   twice. A purchase that is sent again is a duplicate of the same order. #}
with

events as (
    select * from {{ source('ga4', 'events') }}
    where event_name = 'purchase' and {{ 'true' if var('ga4_orders_enabled', false) else 'false' }}
),

read_params as (
    select
        coalesce(
            {{ ga4_set('events.ecommerce.transaction_id') }},
            {{ ga4_set(ga4_param('events.event_params', 'transaction_id')) }}
        ) as transaction_id,
        {{ clean_text('events.user_pseudo_id') }} as anonymous_id,
        {{ clean_text('events.user_id') }} as user_id,
        upper({{ clean_text('events.platform') }}) as platform,
        upper({{ ga4_set(ga4_param('events.event_params', 'currency')) }}) as currency,
        {{ ga4_set(ga4_param('events.event_params', 'payment_type')) }} as payment_method,
        {{ ga4_set(ga4_param('events.event_params', 'coupon')) }} as coupon_codes,
        events.ecommerce.purchase_revenue,
        events.ecommerce.tax_value,
        events.ecommerce.shipping_value,
        case
            when events.event_timestamp between -2208988800000000 and 4102444799999999
                then {{ timestamp_from_micros('events.event_timestamp') }}
        end as ordered_at,
        {{ landing_columns('events') }},
        {{ row_as_json('events') }} as payload
    from events
),

final as (
    select
        ---------- ids
        'ga4' as source_name,
        'ga4.events' as source_table,
        transaction_id as source_record_id,
        transaction_id as order_id,
        user_id,
        anonymous_id,

        ---------- strings
        case when platform in ('ANDROID', 'IOS') then 'app' else 'web' end as channel,
        'completed' as status,
        currency,
        coupon_codes,
        payment_method,

        ---------- numbers
        cast(round(tax_value, 2) as decimal(18, 2)) as tax,
        cast(round(shipping_value, 2) as decimal(18, 2)) as shipping,
        cast(round(purchase_revenue, 2) as decimal(18, 2)) as total,

        ---------- timestamps
        ordered_at,

        ---------- metadata
        ordered_at as recorded_at,
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        {{ reject_reason([(is_bad_time('ordered_at'), 'bad time')]) }} as reject_reason,
        payload
    from read_params
    where transaction_id is not null
)

select * from final
