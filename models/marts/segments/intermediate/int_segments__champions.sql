{#- One row per customer who buys recently, often and much. -#}
with

customer_rfm as (
    select
        customer_id,
        recency_score,
        frequency_score,
        monetary_score
    from {{ ref('fct_customer_rfm') }}
),

final as (
    select customer_id
    from customer_rfm
    where
        recency_score >= 4
        and frequency_score >= 4
        and monetary_score >= 4
)

select * from final
