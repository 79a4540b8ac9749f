-- The golden records and the customers of the identity graph are the same set.
select coalesce(unified_customers.customer_id, identity_customers.customer_id) as customer_id
from {{ ref('unified_customers') }} as unified_customers
full outer join {{ ref('identity_customers') }} as identity_customers
    on unified_customers.customer_id = identity_customers.customer_id
where
    unified_customers.customer_id is null
    or identity_customers.customer_id is null
