{#- One row per customer who keeps goods and mostly pays the full price for them. -#}
with

order_lines as (
    select
        customer_id,
        kept_quantity,
        is_full_price
    from {{ ref('fct_order_lines') }}
    where
        customer_id is not null
        and is_kept
        and ordered_at > {{ add_time(as_of(), -365, 'day') }}
),

counts as (
    select
        customer_id,
        count(*) as line_count,
        sum(case when is_full_price then 1 else 0 end) as full_price_count
    from order_lines
    where kept_quantity > 0
    group by customer_id
),

final as (
    select customer_id
    from counts
    where
        line_count >= 3
        and full_price_count * 5 >= line_count * 4
)

select * from final
