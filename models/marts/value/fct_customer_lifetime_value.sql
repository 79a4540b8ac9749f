{# One row per customer who ever bought or returned: what the customer has been worth so far.
   Returns that name no order count against the customer all the same. #}
with

fct_orders as (
    select
        customer_id,
        currency,
        gross_amount,
        discount_amount,
        total_amount,
        total_amount_reporting,
        net_amount,
        net_amount_reporting,
        order_date,
        ordered_at
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and is_kept
),

fct_returns as (
    select
        fct_returns.customer_id,
        fct_returns.currency,
        fct_returns.amount,
        fct_returns.amount_reporting
    from {{ ref('fct_returns') }} as fct_returns
    where
        fct_returns.customer_id is not null
        and fct_returns.order_key is null
),

movements as (
    select
        customer_id,
        currency,
        1 as order_count,
        gross_amount,
        discount_amount,
        total_amount,
        total_amount_reporting,
        net_amount,
        net_amount_reporting,
        ordered_at
    from fct_orders

    union all

    select
        customer_id,
        currency,
        0 as order_count,
        cast(0 as decimal(18, 2)) as gross_amount,
        cast(0 as decimal(18, 2)) as discount_amount,
        cast(0 as decimal(18, 2)) as total_amount,
        cast(0 as decimal(18, 2)) as total_amount_reporting,
        -amount as net_amount,
        -amount_reporting as net_amount_reporting,
        cast(null as timestamp) as ordered_at
    from fct_returns
),

sums as (
    select
        customer_id,
        min(currency) as first_currency,
        max(currency) as last_currency,
        sum(order_count) as order_count,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_amount,
        sum(total_amount_reporting) as revenue,
        sum(net_amount_reporting) as net_revenue,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at
    from movements
    group by customer_id
),

final as (
    select
        customer_id,
        '{{ var("reporting_currency") }}' as reporting_currency,
        case when first_currency = last_currency then first_currency end as original_currency,
        cast(order_count as bigint) as order_count,
        cast(revenue as decimal(18, 2)) as revenue,
        cast(revenue - net_revenue as decimal(18, 2)) as returned_revenue,
        cast(net_revenue as decimal(18, 2)) as net_revenue,
        {{ mean_amount('net_revenue', 'order_count') }} as average_order_value,
        -- Sums over several currencies mean nothing, so they are only given where there is one.
        cast(case when first_currency = last_currency then gross_amount end as decimal(18, 2))
            as original_gross_amount,
        cast(case when first_currency = last_currency then discount_amount end as decimal(18, 2))
            as original_discount_amount,
        cast(case when first_currency = last_currency then net_amount end as decimal(18, 2))
            as original_net_amount,
        {{ days_between('first_order_at', as_of()) }} as tenure_days,
        {{ days_between('last_order_at', as_of()) }} as days_since_last_order,
        first_order_at,
        last_order_at
    from sums
)

select * from final
