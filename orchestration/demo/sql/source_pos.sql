-- Tills of the shops. line_amount = quantity x unit_price - discount_amount, without tax; of the
-- receipt, net_amount = gross_amount - discount_amount, and the customer pays net + tax.

create or replace temp view "pos.receipts" as
with sales as (
    select
        order_id as receipt_id,
        'sale' as receipt_type,
        purchase_no,
        person_id,
        store_id,
        card_shown,
        -- Cashiers in a hurry type the shop's own address and a number that is nobody's.
        case
            when draw('house email', purchase_no) < 0.015 then 'clientes@tienda-norte.example'
            when draw('misspelt', purchase_no) < 0.05
                then replace(replace(order_email_true, '.example', '.exmaple'), '@', ' @')
            else email_as_typed(order_email_true, draw('email style', purchase_no))
        end as email,
        case
            when draw('till phone', purchase_no) < 0.06
                then phone_as_typed(phone_prefix, phone, draw('phone style', purchase_no))
            when draw('till phone', purchase_no) < 0.068 then '600 000 000'
        end as phone,
        gross,
        discount,
        tax,
        net,
        coupon.code as coupon_code,
        purchased_at as receipt_at,
    from orders
    where channel = 'store'
    union all
    select
        'D' || substr(order_id, 2),
        'return',
        purchase_no,
        person_id,
        store_id,
        card_shown,
        null,
        null,
        -returned_gross,
        -(returned_gross - returned_net),
        -returned_tax,
        -returned_net,
        null,
        returned_at,
    from orders
    where channel = 'store' and returned_units > 0
)

select
    receipt_id,
    store_id,
    store_id || '-T' || 1 + draw_integer('till', purchase_no, 3) as till_id,
    'E' || lpad((1 + draw_integer('cashier', purchase_no, 180))::varchar, 4, '0') as cashier_id,
    receipt_type,
    card_shown as loyalty_number,
    email,
    phone,
    'EUR' as currency,
    gross as gross_amount,
    discount as discount_amount,
    tax as tax_amount,
    net as net_amount,
    draw_any('tender', purchase_no, ['card', 'cash', 'card', 'bizum', 'card'])
        as payment_method,
    coupon_code,
    receipt_at,
    receipt_at + to_seconds(30) as updated_at,
    person_id as _person_id,
from sales;

create or replace temp view "pos.receipt_lines" as
select
    orders.order_id as receipt_id,
    line_no + 1 as line_no,
    sku,
    product_id::varchar as product_id,
    variant_id::varchar as variant_id,
    product_name as description,
    quantity,
    unit_price,
    list_price,
    purchase_lines.discount as discount_amount,
    purchase_lines.tax as tax_amount,
    purchase_lines.net as line_amount,
    null::varchar as original_receipt_id,
    null::bigint as original_line_no,
    null::varchar as return_reason,
    orders.purchased_at as receipt_at,
from purchase_lines
join orders using (purchase_no)
where orders.channel = 'store'
union all
-- A returned line mirrors the sold one: negative units and a negative share of the discount.
select
    'D' || substr(order_id, 2),
    line_no + 1,
    sku,
    product_id::varchar,
    variant_id::varchar,
    product_name,
    -returned_quantity,
    unit_price,
    list_price,
    -(returned_quantity * unit_price - returned_net),
    -returned_tax,
    -returned_net,
    order_id,
    line_no + 1,
    return_reason,
    returned_at,
from returns
where channel = 'store';

create or replace temp view "pos.visits" as
with visits as (
    select
        people.*,
        person_no * 16 + visit_no as visit_no,
        draw_time('shop visit', person_no * 16 + visit_no, habit) as drawn_at,
    from people, range(least(12, floor(draw_exponential('shop visits', person_no, 0.9))::bigint))
        as visits (visit_no)
    where uses_stores = 1 and is_member
)

select
    'V' || lpad(scramble(visit_no)::varchar, 10, '0') as visit_id,
    store_id,
    case when draw('visit card', visit_no) < 0.8 then loyalty_number end as loyalty_number,
    draw_any('visit kind', visit_no, ['fitting_room', 'appointment', 'click_and_collect', 'advice'])
        as visit_type,
    date_trunc('day', drawn_at) + to_seconds((36000 + 39600 * draw('visit hour', visit_no))::bigint)
        as visited_at,
    case when draw('visit note', visit_no) < 0.2
        then 'Talla ' || size_preference
            || '; vuelve la semana que viene, "sin prisa"' end as notes,
from visits
where drawn_at < getvariable('until') - to_days(1) and drawn_at > member_at;
