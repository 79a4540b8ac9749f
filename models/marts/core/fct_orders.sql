{# One row per order, net of what came back. Orders come from the sources that sell; purchase
   events of trackers are touchpoints. #}
with

unified_orders as (
    select * from {{ ref('unified_orders') }}
),

unified_returns as (
    select
        order_source_name,
        order_id,
        quantity,
        amount,
        returned_at
    from {{ ref('unified_returns') }}
    where order_source_name is not null
),

fct_order_lines as (
    select
        order_key,
        quantity,
        kept_quantity,
        gross_amount,
        discount_amount,
        tax_amount,
        total_amount
    from {{ ref('fct_order_lines') }}
),

int_core__currency_rates as (
    select * from {{ ref('int_core__currency_rates') }}
),

lines_of_orders as (
    select
        order_key,
        cast(count(*) as bigint) as line_count,
        cast(sum(quantity) as bigint) as units,
        cast(sum(kept_quantity) as bigint) as kept_units,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(tax_amount) as tax_amount,
        sum(total_amount) as lines_amount
    from fct_order_lines
    group by order_key
),

returns_of_orders as (
    select
        order_source_name || '|' || order_id as order_key,
        sum(coalesce(quantity, 0)) as returned_units,
        sum(coalesce(amount, 0)) as returned_amount,
        max(returned_at) as last_returned_at
    from unified_returns
    group by
        order_source_name,
        order_id
),

measured_orders as (
    select
        unified_orders.source_name || '|' || unified_orders.order_id as order_key,
        unified_orders.customer_id,
        unified_orders.source_name,
        unified_orders.order_id,
        unified_orders.channel,
        unified_orders.store_id,
        unified_orders.status,
        unified_orders.payment_method,
        unified_orders.coupon_codes,
        coalesce(unified_orders.currency, '{{ var("reporting_currency") }}') as currency,
        coalesce(lines_of_orders.line_count, 0) as line_count,
        coalesce(lines_of_orders.units, 0) as units,
        coalesce(lines_of_orders.kept_units, 0) as kept_units,
        coalesce(lines_of_orders.gross_amount, 0) as gross_amount,
        coalesce(unified_orders.discount, lines_of_orders.discount_amount, 0) as discount_amount,
        coalesce(unified_orders.tax, lines_of_orders.tax_amount, 0) as tax_amount,
        coalesce(unified_orders.shipping, 0) as shipping_amount,
        coalesce(lines_of_orders.lines_amount, 0) as lines_amount,
        -- A source without order totals is believed line by line.
        coalesce(
            unified_orders.total,
            lines_of_orders.lines_amount
            + coalesce(unified_orders.tax, lines_of_orders.tax_amount, 0)
            + coalesce(unified_orders.shipping, 0),
            0
        ) as total_amount,
        coalesce(returns_of_orders.returned_amount, 0) as returned_amount,
        unified_orders.is_kept,
        cast(
            {{ utc_to_local(
                'unified_orders.ordered_at', "'" ~ var('reporting_timezone') ~ "'"
            ) }} as date
        ) as order_date,
        unified_orders.ordered_at,
        unified_orders.cancelled_at,
        returns_of_orders.last_returned_at
    from unified_orders
    left join lines_of_orders
        on unified_orders.source_name || '|' || unified_orders.order_id = lines_of_orders.order_key
    left join returns_of_orders
        on
            unified_orders.source_name || '|' || unified_orders.order_id
            = returns_of_orders.order_key
),

final as (
    select
        measured_orders.order_key,
        measured_orders.customer_id,
        measured_orders.source_name,
        measured_orders.order_id,
        measured_orders.channel,
        measured_orders.store_id,
        measured_orders.status,
        measured_orders.payment_method,
        measured_orders.coupon_codes,
        measured_orders.currency,
        measured_orders.line_count,
        measured_orders.units,
        measured_orders.kept_units,
        cast(measured_orders.gross_amount as decimal(18, 2)) as gross_amount,
        cast(measured_orders.discount_amount as decimal(18, 2)) as discount_amount,
        cast(measured_orders.tax_amount as decimal(18, 2)) as tax_amount,
        cast(measured_orders.shipping_amount as decimal(18, 2)) as shipping_amount,
        cast(measured_orders.lines_amount as decimal(18, 2)) as lines_amount,
        cast(measured_orders.total_amount as decimal(18, 2)) as total_amount,
        cast(measured_orders.returned_amount as decimal(18, 2)) as returned_amount,
        cast(measured_orders.total_amount - measured_orders.returned_amount as decimal(18, 2))
            as net_amount,
        '{{ var("reporting_currency") }}' as reporting_currency,
        {{ convert_amount('measured_orders.total_amount', 'int_core__currency_rates.rate') }}
            as total_amount_reporting,
        {{ convert_amount(
            'measured_orders.total_amount - measured_orders.returned_amount',
            'int_core__currency_rates.rate'
        ) }} as net_amount_reporting,
        measured_orders.is_kept,
        (
            measured_orders.returned_amount > 0
            and measured_orders.returned_amount >= measured_orders.total_amount
        ) as is_fully_returned,
        measured_orders.order_date,
        measured_orders.ordered_at,
        measured_orders.cancelled_at,
        measured_orders.last_returned_at
    from measured_orders
    left join int_core__currency_rates
        on
            measured_orders.currency = int_core__currency_rates.currency
            and measured_orders.order_date >= int_core__currency_rates.valid_from
            and measured_orders.order_date < int_core__currency_rates.valid_to
)

select * from final
