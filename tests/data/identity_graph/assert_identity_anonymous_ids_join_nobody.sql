-- An anonymous identifier that several known customers use belongs to none of them, and no link
-- goes through it.
with

links_cut as (
    select identifier_key
    from {{ ref('identity_links_cut') }}
    where reason = 'used_by_several_customers'
),

identity_map as (
    select
        identifier_key,
        customer_id
    from {{ ref('identity_map') }}
),

customers as (
    select customer_id
    from {{ ref('identity_customers') }}
    where not is_anonymous
),

links as (
    select
        identifier_key_a,
        identifier_key_b
    from {{ ref('identity_links') }}
)

select links_cut.identifier_key
from links_cut
inner join identity_map
    on links_cut.identifier_key = identity_map.identifier_key
inner join customers
    on identity_map.customer_id = customers.customer_id

union all

select links_cut.identifier_key
from links_cut
inner join links
    on
        links_cut.identifier_key = links.identifier_key_a
        or links_cut.identifier_key = links.identifier_key_b
