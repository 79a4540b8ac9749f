{# One row per question about the graph for a person to decide. #}
with

identity_review_queue as (
    select * from {{ ref('identity_review_queue') }}
),

final as (
    select
        review_key,
        question,
        customer_id,
        other_customer_id,
        identifier_key_a,
        identifier_key_b,
        rule,
        link_bits,
        record_count,
        records_at_stake,
        part_count
    from identity_review_queue
)

select * from final
