-- Nobody keeps more than was bought, and nobody keeps less than nothing of what was bought.
select order_line_key
from {{ ref('fct_order_lines') }}
where
    (quantity >= 0 and (kept_quantity < 0 or kept_quantity > quantity))
    or kept_quantity <> quantity - returned_quantity
