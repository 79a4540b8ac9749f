-- An id that was merged away is not in use, and every id that ever was in use is in use, leads to a
-- current one, or lost its last record.
{{ config(group='identity_graph') }}

with

issued as (
    select
        customer_id,
        current_customer_id,
        row_number() over (
            partition by customer_id
            order by entry desc
        ) as entry_rank
    from {{ ref('int_identity__issued_customers') }}
),

merges as (
    select
        old_customer_id,
        new_customer_id
    from {{ ref('identity_merges') }}
),

customers as (
    select customer_id
    from {{ ref('identity_customers') }}
),

still_in_use as (
    select merges.old_customer_id as customer_id
    from merges
    inner join customers
        on merges.old_customer_id = customers.customer_id
),

unexplained as (
    select issued.customer_id
    from issued
    left join customers
        on issued.current_customer_id = customers.customer_id
    where
        issued.entry_rank = 1
        and issued.current_customer_id is not null
        and customers.customer_id is null
),

final as (
    select * from still_in_use
    union all
    select * from unexplained
)

select * from final
