-- Shopify: the web shop. Prices without tax; total_price = subtotal_price + total_tax + shipping.

create or replace temp view "shopify.customer" as
with accounts as (
    select
        6000000000000 + scramble(person_no * 2) as id,
        0 as account_no,
        people.*,
        email as account_email,
        account_at as created_at,
    from people
    where has_account
    union all
    -- A second account, opened with another e-mail after the password was forgotten.
    select
        6000000000000 + scramble(person_no * 2 + 1) as id,
        1 as account_no,
        people.*,
        second_email as account_email,
        least(account_at + to_days(90), getvariable('until')::timestamp - to_days(2)) as created_at,
    from people
    where has_account and second_email is not null and draw('second account', person_no) < 0.2
),

spending as (
    select person_no, count(*) as orders_count, sum(net + tax + shipping) as total_spent
    from orders
    where channel = 'web' and is_signed_in and not is_cancelled
    group by person_no
),

versions as (
    select
        accounts.*,
        version,
        case when version = 1 then married_at end as name_changed_at,
    from accounts, range(case when married_at > created_at then 2 else 1 end) as versions (version)
)

select
    versions.id,
    as_typed(
        coalesce(hostile_text, case
            when nickname is not null and draw('shop nickname', person_no) < 0.1 then nickname
            else given_name
        end), name_style
    ) as first_name,
    as_typed(
        case
            when version = 1 then family_name_married
            when second_family_name is not null and draw('both names', person_no) < 0.6
                then family_name_born || ' ' || second_family_name
            else family_name_born
        end, name_style
    ) as last_name,
    account_email as email,
    case when draw('shop phone', versions.id) < 0.6
        then phone_as_typed(phone_prefix, phone, draw('phone style', versions.id))
    end as phone,
    case when draw('state', versions.id) < 0.93 then 'enabled' else 'invited' end as state,
    case when account_no = 0 then coalesce(spending.orders_count, 0) else 0 end as orders_count,
    case when account_no = 0 then coalesce(spending.total_spent, 0) else 0 end as total_spent,
    versions.created_at,
    case
        when version = 1 then married_at
        else least(
            versions.created_at + to_seconds((draw('updated', versions.id) * 20000000)::bigint),
            coalesce(
                case when married_at > versions.created_at then married_at - to_seconds(1) end,
                getvariable('until') - to_seconds(60)
            )
        )
    end as updated_at,
    draw('accepts marketing', versions.id) < 0.55 as accepts_marketing,
    draw('verified', versions.id) < 0.85 as verified_email,
    9000000000000 + scramble(person_no) as default_address_id,
    case
        when kind = 'staff' then 'staff, empleado'
        when kind = 'test' then 'test'
        when draw('vip', person_no) < 0.02 then 'vip'
    end as tags,
    draw('account deleted', versions.id) < 0.005 as _fivetran_deleted,
    person_id as _person_id,
from versions
left join spending using (person_no);

-- The address book: one's own door, for some a second one that need not be theirs.
create or replace temp view "shopify.customer_address" as
select
    9000000000000 + scramble(person_no) as id,
    6000000000000 + scramble(person_no * 2) as customer_id,
    as_typed(given_name, name_style) as first_name,
    as_typed(family_name_born, name_style) as last_name,
    null as name,
    null as company,
    case when draw('address phone', person_no) < 0.4
        then phone_as_typed(phone_prefix, phone, draw('address phone style', person_no)) end
        as phone,
    case when moved_at is not null then new_street else street end as address_1,
    null as address_2,
    case when moved_at is not null then new_city else city end as city,
    case when moved_at is not null then new_region else region end as province,
    null as country,
    country_code,
    case when moved_at is not null then new_postal_code else postal_code end as zip,
    true as is_default,
    false as _fivetran_deleted,
    coalesce(moved_at, account_at) + to_seconds(90) as _fivetran_synced,
from people
where has_account
union all
select
    9100000000000 + scramble(person_no),
    6000000000000 + scramble(person_no * 2),
    draw_any('second door', person_no, ['Carmen', 'Oficina', 'Portería', 'Jordi']),
    null,
    null,
    case when draw('second door company', person_no) < 0.4
        then 'Empresa ' || draw_integer('employer', person_no, 400) || ' S.L.' end,
    null,
    'Calle del Regalo, ' || 1 + person_no % 200,
    null,
    city,
    region,
    null,
    country_code,
    postal_code,
    false,
    draw('second door gone', person_no) < 0.1,
    account_at + to_days(20),
from people
where has_account and draw('second address', person_no) < 0.15;

create or replace temp view "shopify.customer_tag" as
select
    6000000000000 + scramble(person_no * 2) as customer_id,
    1 as index,
    case
        when kind = 'staff' then 'staff'
        when draw('tag', person_no) < 0.03 then 'newsletter'
        else 'vip'
    end as value,
    account_at + to_seconds(60) as _fivetran_synced,
from people
where has_account and (kind = 'staff' or draw('tag', person_no) < 0.05);

create or replace temp view "shopify.order" as
with named as (
    select
        *,
        draw('gift', purchase_no) < 0.08 as is_gift,
        (
            select draw_element('friend', orders.purchase_no, surnames)
            from surname_lists
            where surname_lists.culture = 'es'
        ) as friend_family_name,
        (
            select draw_element('friend name', orders.purchase_no, names).given_name
            from given_name_lists
            where given_name_lists.culture = 'es' and given_name_lists.gender = 'female'
        ) as friend_given_name,
        as_typed(coalesce(hostile_text, given_name), draw('ship style', purchase_no))
            as typed_given_name,
        as_typed(
            case
                when married_at < purchased_at then family_name_married
                when second_family_name is not null and draw('ship both', purchase_no) < 0.5
                    then family_name_born || ' ' || second_family_name
                else family_name_born
            end,
            draw('ship style', purchase_no)
        ) as typed_family_name,
    from orders
    where channel = 'web'
)

select
    order_id::bigint as id,
    '#' || 1000 + scramble(purchase_no) % 9000000 as name,
    case
        when draw('misspelt', purchase_no) < 0.02
            then replace(order_email_true, '@gmail.example', '@gmial.example')
        else email_as_typed(order_email_true, draw('email style', purchase_no))
    end as email,
    case when draw('gives phone', purchase_no) < 0.7
        then phone_as_typed(phone_prefix, order_phone_true, draw('phone style', purchase_no))
    end as phone,
    case when is_signed_in then 6000000000000 + scramble(person_no * 2) end as customer_id,
    'EUR' as currency,
    false as taxes_included,
    net as subtotal_price,
    tax as total_tax,
    discount as total_discounts,
    net + tax + shipping as total_price,
    purchased_at as created_at,
    greatest(
        coalesce(returned_at, purchased_at),
        least(
            purchased_at + to_seconds((90000 + 200000 * draw('fulfilled', purchase_no))::bigint),
            getvariable('until') - to_seconds(30)
        )
    ) as updated_at,
    purchased_at + to_seconds(8) as processed_at,
    case when is_cancelled then least(
        purchased_at + to_seconds((600 + 90000 * draw('cancel', purchase_no))::bigint),
        getvariable('until') - to_seconds(60)
    ) end as cancelled_at,
    null as closed_at,
    case when is_cancelled
        then draw_any('why', purchase_no, ['customer', 'inventory', 'fraud', 'declined'])
    end as cancel_reason,
    case
        when is_cancelled or (returned_units = units) then 'refunded'
        when returned_units > 0 then 'partially_refunded'
        when purchased_at > getvariable('until') - to_hours(6) then 'pending'
        else 'paid'
    end as financial_status,
    case
        when is_cancelled then null
        when purchased_at > getvariable('until') - to_days(2) then null
        else 'fulfilled'
    end as fulfillment_status,
    case when draw('app order', purchase_no) < 0.12 then 'iphone' else 'web' end as source_name,
    null as location_id,
    '10.' || person_no % 200 || '.' || household_no % 250 || '.' || 1 + person_no % 9 as browser_ip,
    draw('buyer accepts', purchase_no) < 0.4 as buyer_accepts_marketing,
    opaque('cart', session_no) as cart_token,
    opaque('checkout', session_no) as checkout_token,
    is_test as test,
    '/' as landing_site_base_url,
    null as referring_site,
    -- One parcel in twelve is a present: it goes to somebody else's door.
    case
        when is_gift then friend_given_name
        else typed_given_name
    end as shipping_address_first_name,
    case
        when is_gift then friend_family_name
        else typed_family_name
    end as shipping_address_last_name,
    case when not is_gift
        then phone_as_typed(phone_prefix, order_phone_true, draw('ship phone', purchase_no))
    end as shipping_address_phone,
    case
        when is_gift then 'Calle del Regalo, ' || 1 + purchase_no % 200
        else as_typed(
            case when moved_at < purchased_at then new_street else street end,
            draw('ship street', purchase_no)
        )
    end as shipping_address_address_1,
    case when moved_at < purchased_at then new_city else city end as shipping_address_city,
    case when moved_at < purchased_at then new_postal_code else postal_code end
        as shipping_address_zip,
    case when moved_at < purchased_at then new_region else region end as shipping_address_province,
    country_code as shipping_address_country_code,
    typed_given_name as billing_address_first_name,
    typed_family_name as billing_address_last_name,
    false as _fivetran_deleted,
    person_id as _person_id,
from named;

create or replace temp view "shopify.order_line" as
select
    11000000000000 + scramble(line_key) as id,
    orders.order_id::bigint as order_id,
    product_id,
    variant_id,
    product_name || coalesce(' - ' || size, '') || coalesce(' / ' || colour, '') as name,
    product_name as title,
    sku,
    unit_price as price,
    quantity,
    purchase_lines.discount as total_discount,
    purchase_lines.net as pre_tax_price,
    false as gift_card,
    false as _fivetran_deleted,
from purchase_lines
join orders using (purchase_no)
where orders.channel = 'web';

create or replace temp view "shopify.discount_allocation" as
select
    11000000000000 + scramble(line_key) as order_line_id,
    0 as index,
    discount as amount,
    0 as discount_application_index,
from purchase_lines
where channel = 'web' and discount > 0;

create or replace temp view "shopify.tax_line" as
select
    11000000000000 + scramble(line_key) as order_line_id,
    1 as index,
    'IVA' as title,
    tax as price,
    tax_basis_points / 10000 as rate,
from purchase_lines
where channel = 'web';

create or replace temp view "shopify.refund" as
select
    800000000000 + scramble(purchase_no) as id,
    order_id::bigint as order_id,
    returned_at as created_at,
    returned_at + to_seconds(20) as processed_at,
    case
        when return_method = 'post' then 'Devolución por correo'
        else 'Devuelto en tienda ' || store_id
    end
        as note,
    true as restock,
from orders
where channel = 'web' and returned_units > 0;

create or replace temp view "shopify.order_line_refund" as
select
    810000000000 + scramble(line_key) as id,
    800000000000 + scramble(purchase_no) as refund_id,
    11000000000000 + scramble(line_key) as order_line_id,
    returned_quantity as quantity,
    returned_net as subtotal,
    returned_tax as total_tax,
    case when is_restocked then 'return' else 'no_restock' end as restock_type,
    return_reason as return_reason_note,
from returns
where channel = 'web';

create or replace temp view "shopify.transaction" as
with sales as (
    select
        700000000000 + scramble(purchase_no) as id,
        order_id::bigint as order_id,
        null::bigint as refund_id,
        null::bigint as parent_id,
        net + tax + shipping as amount,
        'sale' as kind,
        'success' as status,
        payment_gateway(purchase_no) as gateway,
        purchased_at + to_seconds(5) as created_at,
        is_test as test,
    from orders
    where channel = 'web'
    union all
    select
        730000000000 + scramble(purchase_no),
        order_id::bigint,
        null,
        null,
        net + tax + shipping,
        'sale',
        'failure',
        payment_gateway(purchase_no),
        purchased_at - to_seconds(50),
        is_test,
    from orders
    where channel = 'web' and draw('declined', purchase_no) < 0.04
    union all
    select
        760000000000 + scramble(purchase_no),
        order_id::bigint,
        case when not is_cancelled then 800000000000 + scramble(purchase_no) end,
        700000000000 + scramble(purchase_no),
        case when is_cancelled then net + tax + shipping else returned_net + returned_tax end,
        'refund',
        'success',
        payment_gateway(purchase_no),
        case when is_cancelled
            then least(purchased_at + to_hours(26), getvariable('until') - to_seconds(50))
            else returned_at end,
        is_test,
    from orders
    where channel = 'web' and (is_cancelled or returned_units > 0)
)

select *, 'EUR' as currency, created_at + to_seconds(2) as processed_at
from sales;

create or replace temp view "shopify.tender_transaction" as
select
    id - 600000000000 as id,
    order_id,
    case kind when 'refund' then -amount else amount end as amount,
    currency,
    case gateway
        when 'shopify_payments'
            then draw_any('tender', order_id, ['credit_card', 'credit_card', 'apple_pay', 'other'])
        else gateway
    end as payment_method,
    processed_at,
    test,
from "shopify.transaction"
where status = 'success';

create or replace temp view "shopify.order_discount_code" as
select
    order_id::bigint as order_id,
    0 as index,
    coupon.code as code,
    discount as amount,
    'percentage' as type,
from orders
where channel = 'web' and coupon is not null;

create or replace temp view "shopify.discount_application" as
select
    order_id::bigint as order_id,
    0 as index,
    coupon.code as code,
    'discount_code' as type,
    coupon.percent as value,
    'percentage' as value_type,
from orders
where channel = 'web' and coupon is not null;

create or replace temp view "shopify.discount_redeem_code" as
select
    610000000000 + position as id,
    620000000000 + position as discount_id,
    'basic' as discount_type,
    code,
from seed_coupons
where getvariable('is_first_chunk')
union all
select 610000000099, 620000000099, 'free_shipping', 'ENVIOGRATIS'
where getvariable('is_first_chunk');

create or replace temp view "shopify.discount_code_basic" as
select
    620000000000 + position as id,
    percent || ' % con ' || code as title,
    case when ends_day < getvariable('days') then 'EXPIRED' else 'ACTIVE' end as status,
    getvariable('since')::timestamp + to_days(starts_day::integer) as starts_at,
    getvariable('since')::timestamp + to_days(ends_day::integer) as ends_at,
    getvariable('since')::timestamp as created_at,
    getvariable('since')::timestamp + to_days(starts_day::integer) as updated_at,
from seed_coupons
where getvariable('is_first_chunk');

create or replace temp view "shopify.discount_code_free_shipping" as
select
    620000000099 as id,
    'Envío gratis' as title,
    'ACTIVE' as status,
    1000 as usage_limit,
    getvariable('since')::timestamp as starts_at,
    getvariable('since')::timestamp as created_at,
    getvariable('since')::timestamp as updated_at,
where getvariable('is_first_chunk');

create or replace temp view "shopify.product" as
select
    product_id as id,
    product_name as title,
    lower(replace(strip_accents(product_name), ' ', '-')) || '-' || product_no as handle,
    category as product_type,
    brand as vendor,
    launched_at as created_at,
    greatest(launched_at, getvariable('since')::timestamp) + to_days(3) as updated_at,
    case when is_active then launched_at end as published_at,
    not is_active and draw('gone', product_no) < 0.5 as _fivetran_deleted,
from products
where getvariable('is_first_chunk');

create or replace temp view "shopify.product_variant" as
select
    variant_id as id,
    product_id,
    sku,
    '840' || right(variant_id::varchar, 10) as barcode,
    2000000000000 + variant_id as inventory_item_id,
    'deny' as inventory_policy,
    concat_ws(' / ', coalesce(size, 'Única'), colour) as title,
    list_price as price,
    case when draw('compare', variant_id) < 0.2 then percent_of(list_price, 12500) end
        as compare_at_price,
    draw_integer('inventory', variant_id, 60) as inventory_quantity,
    launched_at as created_at,
    greatest(launched_at, getvariable('since')::timestamp) + to_days(3) as updated_at,
    size as option_1,
    colour as option_2,
from variants
where getvariable('is_first_chunk');

create or replace temp view "shopify.inventory_item" as
select
    2000000000000 + variant_id as id,
    sku,
    unit_cost as unit_cost_amount,
    'EUR' as unit_cost_currency_code,
    true as tracked,
    greatest(variants.launched_at, getvariable('since')::timestamp) + to_days(3) as updated_at,
from variants
join products using (product_id)
where getvariable('is_first_chunk');

-- The showroom, the only place whose stock the shop keeps itself.
create or replace temp view "shopify.inventory_level" as
select
    5001 as id,
    2000000000000 + variant_id as inventory_item_id,
    70001 as location_id,
    getvariable('until') - to_days(2) as updated_at,
from variants
where getvariable('is_first_chunk') and draw('showroom', variant_id) < 0.05;

create or replace temp view "shopify.inventory_quantity" as
select
    inventory_item_id,
    id as inventory_level_id,
    unnest(['on_hand', 'available']) as name,
    unnest([
        1 + draw_integer('showroom units', inventory_item_id, 3),
        draw_integer('showroom units', inventory_item_id, 3)
    ]) as quantity,
    updated_at + to_hours(6) as updated_at,
from "shopify.inventory_level";

create or replace temp view "shopify.abandoned_checkout" as
select
    900000000000 + scramble(sessions.session_no) as id,
    case when is_signed_in then sessions.user_id::bigint end as customer_id,
    people.email,
    case when draw('checkout phone', sessions.session_no) < 0.4
        then phone_as_typed(
            people.phone_prefix, people.phone, draw('phone style', sessions.session_no)
        )
    end as phone,
    opaque('cart', sessions.session_no) as cart_token,
    sessions.started_at + to_seconds((45 * page_count)::bigint) as created_at,
    sessions.started_at + to_seconds((45 * page_count + 120)::bigint) as updated_at,
    null as completed_at,
    'EUR' as currency,
    (
        select sum(list_price)
        from session_interests
        where session_interests.session_no = sessions.session_no
            and interest_no < sessions.basket_lines
    ) as total_price,
    draw('checkout accepts', sessions.session_no) < 0.3 as buyer_accepts_marketing,
    'https://tienda-norte.example/checkouts/' || opaque('checkout', sessions.session_no)
        as abandoned_checkout_url,
    (
        select to_json(list(
            struct_pack(product_id := product_id, variant_id := variant_id, quantity := 1,
                price := list_price) order by interest_no
        ))::varchar
        from session_interests
        where session_interests.session_no = sessions.session_no
            and interest_no < sessions.basket_lines
    ) as line_items,
from sessions
join people using (person_no)
where sessions.outcome = 'checkout' and people.email is not null
    and (is_signed_in or draw('typed email', sessions.session_no) < 0.6);
