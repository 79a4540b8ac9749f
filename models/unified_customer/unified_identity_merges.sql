{# One row per customer id that was in use and now stands for another customer. #}
with

identity_merges as (
    select * from {{ ref('identity_merges') }}
),

final as (
    select
        old_customer_id,
        new_customer_id,
        rule,
        entity,
        source_name,
        source_record_id,
        was_anonymous,
        issued_batch_id,
        merged_batch_id,
        merged_at
    from identity_merges
)

select * from final
