-- The products looked at during a visit; the first ones of a basket are those of the order's lines.
create or replace temp table session_interests as
with planned as (
    select
        sessions.*,
        interest_no,
        's' || session_no || ' ' || interest_no as interest_key,
    from sessions, range(
        case outcome
            when 'bounce' then 0
            when 'view' then greatest(1, page_count // 2)
            else greatest(basket_lines, page_count // 3)
        end
    ) as interests (interest_no)
),

chosen as (
    select
        planned.*,
        pick_product(
            interest_key, person_no, favourite_category, other_category,
            is_replenishment
        ) as product_no,
    from planned
),

with_product as (
    select
        chosen.*,
        products.product_id,
        products.product_name,
        products.category,
        products.brand,
        products.list_price,
        pick_variant(
            interest_key, size_preference, is_replenishment, person_no,
            len(products.sizes), len(products.colours)
        ) as variant_index,
    from chosen
    join products using (product_no)
)

select
    with_product.session_no,
    with_product.interest_no,
    with_product.product_no,
    with_product.product_id,
    with_product.product_name,
    with_product.category,
    with_product.brand,
    with_product.list_price,
    variants.variant_id,
    variants.size,
    -- Pages of a visit come every 20 to 70 seconds.
    with_product.started_at
    + to_seconds((30 + 90 * with_product.interest_no
        + 25 * draw('dwell', interest_key))::bigint) as viewed_at,
from with_product
join variants
    on with_product.product_no = variants.product_no
    and with_product.variant_index = variants.variant_index;
