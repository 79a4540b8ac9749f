-- Both ends of every link that is not cut have one customer.
with

links as (
    select
        identifier_key_a,
        identifier_key_b
    from {{ ref('identity_links') }}
),

identity_map as (
    select
        identifier_key,
        customer_id
    from {{ ref('identity_map') }}
)

select
    links.identifier_key_a,
    links.identifier_key_b
from links
left join identity_map as map_a
    on links.identifier_key_a = map_a.identifier_key
left join identity_map as map_b
    on links.identifier_key_b = map_b.identifier_key
where
    map_a.customer_id is null
    or map_b.customer_id is null
    or map_a.customer_id <> map_b.customer_id
