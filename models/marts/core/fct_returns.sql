{# One row per returned line, with the order that it came from where the source says. #}
with

unified_returns as (
    select * from {{ ref('unified_returns') }}
),

fct_orders as (
    select
        order_key,
        channel,
        currency,
        ordered_at
    from {{ ref('fct_orders') }}
),

int_core__currency_rates as (
    select * from {{ ref('int_core__currency_rates') }}
),

dated_returns as (
    select
        unified_returns.source_name || '|' || unified_returns.source_record_id as return_key,
        unified_returns.order_source_name || '|' || unified_returns.order_id as order_key,
        unified_returns.customer_id,
        unified_returns.source_name,
        unified_returns.return_id,
        unified_returns.product_id,
        unified_returns.variant_id,
        unified_returns.return_method,
        unified_returns.return_reason,
        unified_returns.currency,
        coalesce(unified_returns.quantity, 0) as quantity,
        coalesce(unified_returns.amount, 0) as amount,
        unified_returns.is_restocked,
        cast(
            {{ utc_to_local(
                'unified_returns.returned_at', "'" ~ var('reporting_timezone') ~ "'"
            ) }} as date
        ) as return_date,
        unified_returns.returned_at
    from unified_returns
),

priced_returns as (
    select
        dated_returns.return_key,
        dated_returns.order_key,
        dated_returns.customer_id,
        dated_returns.source_name,
        dated_returns.return_id,
        dated_returns.product_id,
        dated_returns.variant_id,
        fct_orders.channel as order_channel,
        dated_returns.return_method,
        dated_returns.return_reason,
        coalesce(dated_returns.currency, fct_orders.currency, '{{ var("reporting_currency") }}')
            as currency,
        dated_returns.quantity,
        dated_returns.amount,
        {{ days_between('fct_orders.ordered_at', 'dated_returns.returned_at') }}
            as days_since_order,
        dated_returns.is_restocked,
        dated_returns.return_date,
        dated_returns.returned_at
    from dated_returns
    left join fct_orders
        on dated_returns.order_key = fct_orders.order_key
),

final as (
    select
        priced_returns.return_key,
        priced_returns.order_key,
        priced_returns.customer_id,
        priced_returns.source_name,
        priced_returns.return_id,
        priced_returns.product_id,
        priced_returns.variant_id,
        priced_returns.order_channel,
        priced_returns.return_method,
        priced_returns.return_reason,
        priced_returns.currency,
        cast(priced_returns.quantity as bigint) as quantity,
        cast(priced_returns.amount as decimal(18, 2)) as amount,
        {{ convert_amount('priced_returns.amount', 'int_core__currency_rates.rate') }}
            as amount_reporting,
        priced_returns.days_since_order,
        priced_returns.is_restocked,
        priced_returns.return_date,
        priced_returns.returned_at
    from priced_returns
    left join int_core__currency_rates
        on
            priced_returns.currency = int_core__currency_rates.currency
            and priced_returns.return_date >= int_core__currency_rates.valid_from
            and priced_returns.return_date < int_core__currency_rates.valid_to
)

select * from final
