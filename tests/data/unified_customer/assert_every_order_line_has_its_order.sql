-- Lines whose order has not landed yet wait outside the facts. Few may: a warning says how many.
{{ config(severity='warn') }}

select
    harmonized_order_lines.source_name,
    harmonized_order_lines.order_id,
    harmonized_order_lines.source_record_id
from {{ ref('harmonized_order_lines') }} as harmonized_order_lines
left join {{ ref('harmonized_orders') }} as harmonized_orders
    on
        harmonized_order_lines.source_name = harmonized_orders.source_name
        and harmonized_order_lines.order_id = harmonized_orders.order_id
where harmonized_orders.order_id is null
