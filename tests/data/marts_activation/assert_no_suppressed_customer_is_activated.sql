{# Suppressed and activated have nobody in common; nor has anyone outside the population of
   customers. #}
with

activated as (
    select customer_id
    from {{ ref('sync_google_customer_match__lapsed_high_value') }}

    union all

    select customer_id
    from {{ ref('sync_google_customer_match__recent_browsers') }}
)

select
    activated.customer_id,
    suppressions.reason_code
from activated
inner join {{ ref('fct_suppressions') }} as suppressions
    on activated.customer_id = suppressions.customer_id
where
    suppressions.channel in ('ads', 'all')
    and suppressions.scope in ('person', 'channel')

union all

select
    activated.customer_id,
    'population' as reason_code
from activated
left join {{ ref('unified_customers') }} as customers
    on activated.customer_id = customers.customer_id
where coalesce(customers.population, '') <> 'customer'
