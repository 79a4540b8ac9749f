-- ERP: product master, stock and the finance ledger.

create or replace temp view "erp.products" as
select
    product_id::varchar as product_id,
    product_name,
    category,
    family,
    brand,
    is_consumable,
    list_price,
    unit_cost,
    'EUR' as currency,
    launched_at,
    is_active,
    greatest(launched_at, getvariable('since')::timestamp) + to_days(1) as updated_at,
from products
where getvariable('is_first_chunk');

create or replace temp view "erp.variants" as
select
    variant_id::varchar as variant_id,
    product_id::varchar as product_id,
    sku,
    size,
    colour,
    list_price,
    greatest(launched_at, getvariable('since')::timestamp) + to_days(1) as updated_at,
from variants
where getvariable('is_first_chunk');

-- The web warehouse counts every month; six shops that carry the variant counted last week and last
-- night. One count in eight finds nothing: stock-outs, with a restock date for half of them.
create or replace temp view "erp.stock" as
with counts as (
    select variant_id, product_id, 'WEB' as site_id,
        getvariable('until')::timestamp - to_days((30 * month_no)::integer) - to_hours(3)
            as observed_at,
    from variants, range(6) as months (month_no)
    union all
    select variant_id, product_id, shops.store_id,
        getvariable('until')::timestamp - to_days((7 * week_no)::integer) - to_hours(2),
    from variants, seed_shops as shops, range(2) as weeks (week_no)
    where draw('carries', variant_id || ' ' || shops.store_id) < 0.24
),

drawn as (
    select
        *,
        draw('on hand', variant_id || ' ' || site_id || ' ' || observed_at) as hand_draw,
        case when site_id = 'WEB' then 180 else 14 end as usual,
    from counts
),

counted as (
    select
        *,
        case
            when hand_draw < 0.12 then 0
            else ceil(usual * power(hand_draw, 2))::bigint
        end as on_hand,
    from drawn
)

select
    variant_id::varchar as variant_id,
    product_id::varchar as product_id,
    site_id,
    observed_at,
    on_hand,
    greatest(
        0, on_hand - draw_integer('reserved', variant_id || ' ' || site_id || ' ' || observed_at, 3)
    ) as available_to_promise,
    case when on_hand = 0 and hand_draw < 0.06
        then (getvariable('until') + to_days((3 + (hand_draw * 500)::bigint)::integer))::date
    end as restock_date,
    on_hand = 0 and hand_draw < 0.03 as preorder_open,
from counted
where getvariable('is_first_chunk');

-- Postings are signed: what the customer owes is positive, what is given back or spent negative.
-- Per sale revenue + discount + tax + shipping = the amount paid. Test orders are never posted.
create or replace temp view "erp.finance_ledger" as
with documents as (
    select order_id, null::varchar as line_id, purchased_at + to_seconds(60) as posted_at,
        'sale' as document_type, account, amount,
    from (
        select
            *,
            unnest(['revenue', 'discount', 'tax', 'shipping', 'cost_of_goods']) as account,
            unnest([gross, -discount, tax, shipping, case when is_cancelled then 0 else -cost end])
                as amount,
        from orders
        where not is_test
    )
    where amount <> 0
    union all
    select
        order_id,
        null,
        least(purchased_at + to_hours(26), getvariable('until') - to_seconds(50)),
        'cancellation', 'refund', -(net + tax + shipping),
    from orders
    where is_cancelled and not is_test
    union all
    select
        order_id,
        case when channel = 'web' then (11000000000000 + scramble(line_key))::varchar
            else (line_no + 1)::varchar end,
        returned_at + to_seconds(60),
        'refund',
        account,
        amount,
    from (
        select
            *,
            unnest(['refund', 'cost_of_goods']) as account,
            unnest([
                -(returned_net + returned_tax),
                case when is_restocked then returned_quantity * unit_cost else 0 end
            ]) as amount,
        from returns
    )
    where amount <> 0
)

select
    'L' || left(
        opaque('posting', order_id || document_type || account || coalesce(line_id, '')), 18
    ) as posting_id,
    account,
    order_id,
    line_id,
    amount,
    'EUR' as currency,
    posted_at,
    document_type,
from documents;
