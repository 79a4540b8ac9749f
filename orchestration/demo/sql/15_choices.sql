-- What people like: the product and the variant that catch somebody's eye.

-- A product of the favourite categories, popular ones first; a staple is always the same product.
create or replace macro pick_product(
    interest_key, person_no, favourite_category, other_category, is_staple
) as (
    case
        when is_staple then other_category
        when draw('category', interest_key) < 0.45 then favourite_category
        when draw('category', interest_key) < 0.65 then other_category
        else 1 + draw_integer('any category', interest_key, 20)
    end
    + 20 * case
        when is_staple then draw_integer('staple product', person_no, 3)
        else floor(
            getvariable('products') // 20 * power(draw('product', interest_key), 1.7)
        )::bigint
    end
);

-- The person's size three times out of four, else a neighbour.
create or replace macro pick_variant(
    interest_key, size_preference, is_staple, person_no, sizes, colours
) as (
    case
        when is_staple or draw('own size', interest_key) < 0.75 then size_preference % sizes
        else (size_preference + 1) % sizes
    end
    + sizes * case
        when is_staple then draw_integer('staple colour', person_no, colours)
        else draw_integer('colour', interest_key, colours)
    end
);
