{# One row per customer, anonymous ones included, without anything that names or reaches a
   person. #}
with

unified_customers as (
    select
        customer_id,
        population,
        gender,
        city,
        region,
        country_code,
        language,
        birth_date,
        email,
        phone,
        loyalty_number,
        source_record_count,
        is_anonymous,
        is_restricted,
        is_test,
        is_internal,
        is_bot,
        is_fraud,
        is_deceased,
        is_employee,
        is_minor,
        first_seen_at,
        last_seen_at
    from {{ ref('unified_customers') }}
),

fct_customer_lifetime_value as (
    select
        customer_id,
        order_count,
        net_revenue,
        first_order_at,
        last_order_at
    from {{ ref('fct_customer_lifetime_value') }}
),

fct_customer_rfm as (
    select
        customer_id,
        segment
    from {{ ref('fct_customer_rfm') }}
),

final as (
    select
        unified_customers.customer_id,
        unified_customers.population,
        unified_customers.gender,
        unified_customers.city,
        unified_customers.region,
        unified_customers.country_code,
        unified_customers.language,
        coalesce(fct_customer_rfm.segment, 'prospect') as rfm_segment,
        '{{ var("reporting_currency") }}' as reporting_currency,
        cast(extract(year from unified_customers.birth_date) as bigint) as birth_year,
        cast(unified_customers.source_record_count as bigint) as source_record_count,
        coalesce(fct_customer_lifetime_value.order_count, 0) as order_count,
        cast(coalesce(fct_customer_lifetime_value.net_revenue, 0) as decimal(18, 2))
            as net_revenue,
        unified_customers.is_anonymous,
        unified_customers.is_restricted,
        unified_customers.is_test,
        unified_customers.is_internal,
        unified_customers.is_bot,
        unified_customers.is_fraud,
        unified_customers.is_deceased,
        unified_customers.is_employee,
        unified_customers.is_minor,
        unified_customers.email is not null as has_email,
        unified_customers.phone is not null as has_phone,
        unified_customers.loyalty_number is not null as has_loyalty_card,
        unified_customers.first_seen_at,
        unified_customers.last_seen_at,
        fct_customer_lifetime_value.first_order_at,
        fct_customer_lifetime_value.last_order_at
    from unified_customers
    left join fct_customer_lifetime_value
        on unified_customers.customer_id = fct_customer_lifetime_value.customer_id
    left join fct_customer_rfm
        on unified_customers.customer_id = fct_customer_rfm.customer_id
)

select * from final
