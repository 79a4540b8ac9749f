{# Whoever is let through to a campaign that is not about an order belongs to the population
   customer, or is a minor now who will be of age when it goes out. #}
select
    decisions.customer_id,
    decisions.campaign_key,
    customers.population
from {{ ref('fct_contact_decisions') }} as decisions
inner join {{ ref('unified_customers') }} as customers
    on decisions.customer_id = customers.customer_id
where
    decisions.decision in ('include', 'defer')
    and decisions.purpose <> 'transactional'
    and customers.population <> 'customer'
    and not (
        customers.population = 'minor'
        and customers.of_age_at <= decisions.planned_at
    )
