{# One row per customer id that was in use and now stands for another customer. #}
with

issued as (
    select * from {{ ref('int_identity__issued_customers') }}
),

ranked as (
    select
        *,
        min(batch_id) over (partition by customer_id) as issued_batch_id,
        row_number() over (
            partition by customer_id
            order by entry desc
        ) as entry_rank
    from issued
),

final as (
    select
        customer_id as old_customer_id,
        current_customer_id as new_customer_id,
        is_anonymous as was_anonymous,
        issued_batch_id,
        batch_id as merged_batch_id
    from ranked
    where
        entry_rank = 1
        and current_customer_id <> customer_id
)

select * from final
