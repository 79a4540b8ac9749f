{# One row per customer id that was ever given out, whatever became of it. #}
with

identity_ids as (
    select * from {{ ref('identity_ids') }}
),

final as (
    select
        customer_id,
        issued_batch_id,
        issued_at
    from identity_ids
)

select * from final
