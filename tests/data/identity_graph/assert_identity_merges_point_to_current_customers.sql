-- Every id that was ever given out is in use, stands for a customer in use, or has lost its last
-- identifier; an id that was merged away is not in use.
{{ config(group='identity_graph') }}

with

issued as (
    select customer_id
    from {{ ref('int_identity__registry') }}
    where entry_type = 'issue'
),

still_mapped as (
    select registry.customer_id
    from {{ ref('int_identity__registry') }} as registry
    inner join {{ ref('identity_map') }} as identity_map
        on registry.identifier_key = identity_map.identifier_key
    where registry.entry_type = 'assign'
    group by registry.customer_id
),

ended_ids as (
    select
        old_customer_id,
        new_customer_id
    from {{ ref('identity_merges') }}
),

customers as (
    select customer_id
    from {{ ref('identity_customers') }}
),

final as (
    select ended_ids.old_customer_id as customer_id
    from ended_ids
    inner join customers
        on ended_ids.old_customer_id = customers.customer_id
    union all
    select issued.customer_id
    from issued
    inner join still_mapped
        on issued.customer_id = still_mapped.customer_id
    left join customers
        on issued.customer_id = customers.customer_id
    left join ended_ids
        on issued.customer_id = ended_ids.old_customer_id
    where
        customers.customer_id is null
        and ended_ids.old_customer_id is null
)

select * from final
