{{ config(materialized='table') }}

{# One row per order: who placed it, and whether its number alone names it. A shop takes back
   what the web shop sold and a payment provider knows the shop's order number, so other sources
   may name an order, but only by a number that one source alone uses. #}
with

unified_orders as (
    select
        customer_id,
        source_name,
        order_id
    from {{ ref('unified_orders') }}
    where order_id is not null
),

final as (
    select
        order_id,
        source_name,
        customer_id,
        count(*) over (partition by order_id) = 1 as is_unique_number
    from unified_orders
)

select * from final
