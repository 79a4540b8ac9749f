{# One row per customer id that was ever given out, whatever became of it. #}
with

registry as (
    select
        customer_id,
        batch_id,
        changed_at
    from {{ ref('int_identity__registry') }}
    where entry_type = 'issue'
),

final as (
    select
        customer_id,
        batch_id as issued_batch_id,
        changed_at as issued_at
    from registry
)

select * from final
