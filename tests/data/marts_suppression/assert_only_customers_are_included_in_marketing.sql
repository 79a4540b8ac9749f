{# Whoever is let through to a campaign that is not about an order belongs to the population
   customer. #}
select
    decisions.customer_id,
    decisions.campaign_key,
    customers.population
from {{ ref('fct_contact_decisions') }} as decisions
inner join {{ ref('dim_customers') }} as customers
    on decisions.customer_id = customers.customer_id
where
    decisions.decision in ('include', 'defer')
    and decisions.purpose <> 'transactional'
    and customers.population <> 'customer'
