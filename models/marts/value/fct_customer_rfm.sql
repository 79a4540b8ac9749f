{# One row per customer (population customer) with an order that was kept: recency, frequency
   and net money, scored 1 to 5 by fifths. A score counts how many fifths of the customers are
   strictly worse, so equal values always share a score; ntile would tear them apart. #}
with

unified_customers as (
    select customer_id
    from {{ ref('unified_customers') }}
    where population = 'customer'
),

fct_orders as (
    select
        customer_id,
        order_date,
        is_fully_returned
    from {{ ref('fct_orders') }}
    where is_kept
),

fct_customer_lifetime_value as (
    select
        customer_id,
        net_revenue
    from {{ ref('fct_customer_lifetime_value') }}
),

rfm_segments as (
    select
        segment,
        recency_from,
        recency_to,
        value_from,
        value_to
    from {{ ref('rfm_segments') }}
),

order_counts as (
    select
        customer_id,
        count(*) as frequency,
        max(order_date) as last_order_date
    from fct_orders
    -- An order that came back whole was no purchase.
    where not is_fully_returned
    group by customer_id
),

measures as (
    select
        unified_customers.customer_id,
        {{ days_between(
            'order_counts.last_order_date',
            utc_to_local(as_of(), "'" ~ var('reporting_timezone') ~ "'")
        ) }} as recency_days,
        order_counts.frequency,
        fct_customer_lifetime_value.net_revenue as monetary_net
    from unified_customers
    inner join order_counts
        on unified_customers.customer_id = order_counts.customer_id
    inner join fct_customer_lifetime_value
        on unified_customers.customer_id = fct_customer_lifetime_value.customer_id
),

ranks as (
    select
        customer_id,
        recency_days,
        frequency,
        monetary_net,
        rank() over (order by recency_days desc) as recency_rank,
        rank() over (order by frequency) as frequency_rank,
        rank() over (order by monetary_net) as monetary_rank,
        count(*) over () as customer_count
    from measures
),

scores as (
    select
        customer_id,
        recency_days,
        frequency,
        monetary_net,
        {{ fifth('recency_rank', 'customer_count') }} as recency_score,
        {{ fifth('frequency_rank', 'customer_count') }} as frequency_score,
        {{ fifth('monetary_rank', 'customer_count') }} as monetary_score
    from ranks
),

value_scores as (
    select
        customer_id,
        recency_days,
        frequency,
        monetary_net,
        recency_score,
        frequency_score,
        monetary_score,
        cast(floor((frequency_score + monetary_score + 1) / 2.0) as bigint) as value_score
    from scores
),

final as (
    select
        value_scores.customer_id,
        rfm_segments.segment,
        '{{ var("reporting_currency") }}' as reporting_currency,
        value_scores.recency_days,
        cast(value_scores.frequency as bigint) as frequency,
        cast(value_scores.monetary_net as decimal(18, 2)) as monetary_net,
        value_scores.recency_score,
        value_scores.frequency_score,
        value_scores.monetary_score,
        value_scores.value_score
    from value_scores
    left join rfm_segments
        on
            value_scores.recency_score between rfm_segments.recency_from
            and rfm_segments.recency_to
            and value_scores.value_score between rfm_segments.value_from
            and rfm_segments.value_to
)

select * from final
