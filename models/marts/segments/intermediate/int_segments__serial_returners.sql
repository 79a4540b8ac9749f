{#- One row per customer who sends back half or more of what was bought. -#}
with

order_lines as (
    select
        customer_id,
        quantity,
        returned_quantity
    from {{ ref('fct_order_lines') }}
    where
        customer_id is not null
        and is_kept
        and ordered_at > {{ add_time(as_of(), -365, 'day') }}
),

units as (
    select
        customer_id,
        sum(quantity) as bought_units,
        sum(returned_quantity) as returned_units
    from order_lines
    group by customer_id
),

final as (
    select customer_id
    from units
    where
        returned_units >= 3
        and returned_units * 2 >= bought_units
)

select * from final
