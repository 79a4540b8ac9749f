-- Visits to the web shop and purchases in both channels, from which every source's rows follow.

create or replace temp table sessions as
with counted as (
    select
        person_no,
        least(
            56,
            (draw('visits at all', person_no) < 0.93)::bigint
            + floor(draw_exponential('visits', person_no, 4.4))::bigint
        ) as visits,
    from people
    where uses_web = 1
),

planned as (
    select
        person_no,
        visit_no,
        person_no * 64 + visit_no as session_no,
        false as is_replenishment,
        null::timestamp as due_at,
    from counted, range(counted.visits) as visit_numbers (visit_no)
    union all
    select
        person_no,
        56 + cycle_no as visit_no,
        person_no * 64 + 56 + cycle_no as session_no,
        true as is_replenishment,
        getvariable('since')::timestamp
            + to_days((
                draw_integer('first cycle', person_no, 120) + cycle_no * replenishment_days
            )::integer)
            + to_seconds((
                28800 + 43200 * draw('cycle hour', person_no * 64 + cycle_no)
            )::bigint) as due_at,
    from people, range(7) as cycles (cycle_no)
    where replenishment_days is not null and uses_web = 1 and draw('staple web', person_no) < 0.6
),

timed as (
    select
        people.*,
        planned.* exclude (person_no),
        coalesce(planned.due_at, draw_time('visit', planned.session_no, people.habit))
            as started_at,
        draw('outcome', planned.session_no) as outcome_draw,
        draw('device', planned.session_no) as device_draw,
        draw('referrer', planned.session_no) as source_draw,
    from planned
    join people using (person_no)
),

outcomes as (
    select
        *,
        case
            when is_replenishment or outcome_draw < 0.15 then 'order'
            when outcome_draw < 0.21 then 'checkout'
            when outcome_draw < 0.34 then 'cart'
            when outcome_draw < 0.80 then 'view'
            else 'bounce'
        end as outcome,
        not is_replenishment and draw('kiosk', session_no) < 0.05 as is_kiosk,
        household_size > 1 and draw('shared device', household_no) < 0.45 and device_draw > 0.72
            as is_shared_device,
        case when device_draw < 0.55 then 'mobile' else 'desktop' end as device_category,
    from timed
    where started_at < getvariable('until') - to_minutes(15)
),

devices as (
    select
        *,
        case
            when is_kiosk then 'kiosk ' || store_id
            when is_shared_device then 'household ' || household_no
            else device_category || ' ' || person_no
        end as device_key,
        case
            when is_kiosk then 0
            else (
                date_diff('day', getvariable('since')::timestamp, started_at)
                + draw_integer('cookie phase', person_no, 300)
            ) // (150 + draw_integer('cookie life', person_no, 300))
        end as cookie_no,
        has_account and started_at >= account_at
        and draw('signs in', session_no)
            < case when outcome = 'order' then 0.88 when outcome = 'checkout' then 0.6 else 0.3 end
            as is_signed_in,
        case
            when is_kiosk then 'direct'
            when source_draw < 0.34 then 'direct'
            when source_draw < 0.56 then 'organic'
            when source_draw < 0.74 then 'paid'
            when source_draw < 0.88 then 'email'
            when source_draw < 0.95 then 'social'
            else 'referral'
        end as traffic_source,
    from outcomes
)

select
    session_no,
    person_no,
    person_id,
    kind,
    started_at,
    outcome,
    is_replenishment,
    is_kiosk,
    is_shared_device,
    device_key,
    case when is_kiosk then 'kiosk' else device_category end as device_category,
    -- A sixth of the visits go to the home shop, a site of its own measured with GA4 alone.
    not is_kiosk and draw('site', session_no) < 0.17 as is_home_shop,
    as_uuid(opaque('anonymous', device_key || ' ' || cookie_no)) as anonymous_id,
    1 + draw_integer('client', device_key || ' ' || cookie_no, 2000000000) || '.'
        || 1600000000 + draw_integer('client time', device_key || ' ' || cookie_no, 160000000)
        as client_id,
    case
        when is_kiosk then 'kiosk-' || store_id
        when device_category = 'mobile' and draw('app', device_key) < 0.35
            then as_uuid(opaque('device', device_key))
    end as device_id,
    is_signed_in,
    case when is_signed_in then (6000000000000 + scramble(person_no * 2))::varchar end as user_id,
    traffic_source,
    case
        when traffic_source = 'paid'
            then draw_any('ad', session_no, getvariable('ad_campaigns'))
    end as ad,
    case
        when outcome = 'bounce' then 1
        when outcome = 'view' then 2 + draw_integer('depth', session_no, 6)
        else 4 + draw_integer('depth', session_no, 7)
    end as page_count,
    case
        when outcome in ('order', 'checkout', 'cart')
            then least(6, 1 + floor(draw_exponential('basket', session_no, 0.85))::bigint)
        else 0
    end as basket_lines,
    favourite_category,
    other_category,
    size_preference,
    device_draw,
from devices;

-- Purchases of both channels. A web purchase is a visit that ended in an order.
create or replace temp table purchases as
with store_purchases as (
    select
        people.person_no,
        (people.person_no * 64 + trip_no) * 2 + 1 as purchase_no,
        draw_time('trip', people.person_no * 64 + trip_no, people.habit) as drawn_at,
    from people, range(
        least(40, floor(draw_exponential('trips', people.person_no, 1.75))::bigint)
    ) as trips (trip_no)
    where uses_stores = 1 and kind <> 'test'
    union all
    select
        people.person_no,
        (people.person_no * 64 + 40 + cycle_no) * 2 + 1 as purchase_no,
        getvariable('since')::timestamp
            + to_days((
                draw_integer('first cycle', people.person_no, 120) + cycle_no * replenishment_days
            )::integer)
            + to_seconds(
                (36000 + 30000 * draw('cycle hour', people.person_no * 64 + cycle_no))::bigint
            ) as drawn_at,
    from people, range(7) as cycles (cycle_no)
    where
        replenishment_days is not null
        and uses_stores = 1
        and kind <> 'test'
        and not (uses_web = 1 and draw('staple web', people.person_no) < 0.6)
),

opened as (
    select
        person_no,
        purchase_no,
        'store' as channel,
        -- Shops open from ten to nine: early birds and night owls come when they can.
        case
            when hour(drawn_at) between 10 and 20 then drawn_at
            else date_trunc('day', drawn_at) + to_seconds((
                36000 + 39600 * draw('till time', purchase_no)
            )::bigint)
        end as purchased_at,
        null::bigint as session_no,
        false as is_signed_in,
        least(6, 1 + floor(draw_exponential('basket', 's' || purchase_no, 0.9))::bigint)
            as line_count,
        -- 41 to 47 are the repeat purchases of a staple.
        (purchase_no // 2) % 64 >= 40 as is_replenishment,
    from store_purchases
    where drawn_at < getvariable('until')
    union all
    select
        person_no,
        session_no * 2 as purchase_no,
        'web' as channel,
        started_at + to_seconds((240 + 45 * page_count)::bigint) as purchased_at,
        session_no,
        is_signed_in,
        case when is_replenishment then 1 else basket_lines end as line_count,
        is_replenishment,
    from sessions
    where outcome = 'order'
)

select
    opened.*,
    people.* exclude (person_no),
    case when channel = 'web' then (5000000000000 + scramble(purchase_no))::varchar
        else 'R' || store_id || '-' || lpad(scramble(purchase_no)::varchar, 10, '0')
    end as order_id,
    kind = 'test' as is_test,
    channel = 'web' and kind <> 'test' and draw('cancelled', purchase_no) < 0.03 as is_cancelled,
    -- A coupon in hand counts only when it is valid on the day: about one purchase in eight.
    case
        when draw('coupon', purchase_no) < 0.3
            then draw_any('which coupon', purchase_no, getvariable('coupons'))
    end as coupon_drawn,
    case
        when is_member and purchased_at > member_at
            and (
                (channel = 'store' and draw('shows card', purchase_no) < 0.78)
                or (channel = 'web' and is_signed_in)
            )
            then loyalty_number
    end as card_shown,
from opened
join people using (person_no)
where purchased_at < getvariable('until');

create or replace temp table purchase_lines as
with drawn as (
    select
        purchases.purchase_no,
        purchases.person_no,
        purchases.purchased_at,
        purchases.channel,
        purchases.session_no,
        purchases.is_replenishment,
        purchases.size_preference,
        case
            when coupon_drawn is not null
                and date_diff('day', getvariable('since')::timestamp, purchases.purchased_at)
                    between coupon_drawn.starts_day and coupon_drawn.ends_day
                then coupon_drawn
        end as coupon,
        line_no,
        purchases.purchase_no * 8 + line_no as line_key,
        coalesce(
            's' || purchases.session_no || ' ' || line_no,
            'p' || purchases.purchase_no || ' ' || line_no
        ) as interest_key,
        purchases.favourite_category,
        purchases.other_category,
    from purchases, range(purchases.line_count) as line_numbers (line_no)
),

chosen as (
    select
        drawn.*,
        pick_product(
            interest_key, person_no, favourite_category, other_category, is_replenishment
        ) as product_no,
        draw('line', line_key) as line_draw,
    from drawn
),

priced as (
    select
        chosen.*,
        products.product_id,
        products.product_name,
        products.category,
        products.family,
        products.is_consumable,
        products.list_price,
        products.unit_cost,
        products.tax_basis_points,
        pick_variant(
            interest_key, size_preference, is_replenishment, person_no,
            len(products.sizes), len(products.colours)
        ) as variant_index,
        case
            when products.is_consumable then 1 + floor(line_draw * line_draw * 4)::bigint
            when line_draw < 0.93 then 1
            else 2
        end as quantity,
        -- Winter and summer sales on half of what is not consumed.
        case
            when not products.is_consumable
                and (
                    month(purchased_at) in (1, 7)
                        or (month(purchased_at) = 2 and day(purchased_at) < 15)
                )
                and draw('on sale', chosen.product_no) < 0.5
                then percent_of(products.list_price, 7000)
            else products.list_price
        end as unit_price,
    from chosen
    join products using (product_no)
)

select
    priced.*,
    variants.variant_id,
    variants.sku,
    variants.size,
    variants.colour,
    (priced.quantity * priced.unit_price)::decimal(18, 2) as gross,
    case
        when coupon is null then 0::decimal(18, 2)
        else percent_of(priced.quantity * priced.unit_price, coupon.percent * 100)
    end as discount,
from priced
join variants
    on priced.product_no = variants.product_no
    and priced.variant_index = variants.variant_index;

alter table purchase_lines add column net decimal(18, 2);
alter table purchase_lines add column tax decimal(18, 2);
update purchase_lines
set
    net = gross - discount,
    tax = percent_of(gross - discount, tax_basis_points);

create or replace temp table returns as
with sent_back as (
    select
        purchase_lines.*,
        purchases.order_id,
        purchases.store_id,
        purchases.card_shown,
        purchases.purchased_at + to_seconds((
            86400 * (3 + draw_integer('return day', purchases.purchase_no, 25))
            + 36000 + 39600 * draw('return hour', purchases.purchase_no)
            - extract('hour' from purchases.purchased_at) * 3600
        )::bigint) as returned_at,
        case
            when purchases.channel = 'web'
                and draw('by post', purchases.purchase_no) < 0.68 then 'post'
            else 'store'
        end as return_method,
        draw_integer('returned units', line_key, quantity) + 1 as returned_quantity,
        draw('return reason', line_key) as reason_draw,
    from purchase_lines
    join purchases using (purchase_no)
    where
        not purchases.is_cancelled
        and not purchases.is_test
        and (purchases.channel = 'web' or purchases.order_id is not null)
        and draw('returned', line_key)
            < case
                when purchase_lines.family in ('Ropa', 'Calzado') then 0.17
                when purchase_lines.is_consumable then 0.02
                else 0.07
            end
)

select
    *,
    case
        when returned_quantity = quantity then net
        else percent_of(net, (10000 * returned_quantity) // quantity)
    end as returned_net,
    case
        when returned_quantity = quantity then tax
        else percent_of(tax, (10000 * returned_quantity) // quantity)
    end as returned_tax,
    case
        when family in ('Ropa', 'Calzado') and reason_draw < 0.55
            then case when reason_draw < 0.3 then 'Talla pequeña' else 'Talla grande' end
        when reason_draw < 0.7 then 'No me gusta'
        when reason_draw < 0.85 then 'Defectuoso'
        when reason_draw < 0.93 then 'Distinto de la foto'
        else 'Llegó tarde'
    end as return_reason,
    reason_draw not between 0.7 and 0.85 as is_restocked,
from sent_back
where returned_at < getvariable('until');

-- One row per purchase with its money.
create or replace temp table orders as
with sums as (
    select
        purchase_no,
        count(*) as lines,
        sum(quantity)::bigint as units,
        sum(gross)::decimal(18, 2) as gross,
        sum(discount)::decimal(18, 2) as discount,
        sum(net)::decimal(18, 2) as net,
        sum(tax)::decimal(18, 2) as tax,
        sum(quantity * unit_cost)::decimal(18, 2) as cost,
        any_value(coupon) as coupon,
    from purchase_lines
    group by purchase_no
),

returned as (
    select
        purchase_no,
        min(returned_at) as returned_at,
        any_value(return_method) as return_method,
        sum(returned_quantity)::bigint as returned_units,
        sum(returned_quantity * unit_price)::decimal(18, 2) as returned_gross,
        sum(returned_net)::decimal(18, 2) as returned_net,
        sum(returned_tax)::decimal(18, 2) as returned_tax,
    from returns
    group by purchase_no
)

select
    purchases.* exclude (coupon_drawn),
    sums.* exclude (purchase_no),
    case
        when channel = 'web' and sums.net < 50 then 4.95
        else 0
    end::decimal(18, 2) as shipping,
    returned.returned_at,
    returned.return_method,
    coalesce(returned.returned_units, 0) as returned_units,
    coalesce(returned.returned_gross, 0)::decimal(18, 2) as returned_gross,
    coalesce(returned.returned_net, 0)::decimal(18, 2) as returned_net,
    coalesce(returned.returned_tax, 0)::decimal(18, 2) as returned_tax,
    -- What the buyer typed for this very order.
    case
        when channel = 'web' then case
            when is_signed_in then email
            when family_email is not null and draw('order email', purchase_no) < 0.3
                then family_email
            when draw('order email', purchase_no) < 0.65 then email
            else coalesce(second_email, email)
        end
        when draw('email receipt', purchase_no) < 0.16
            then case when draw('order email', purchase_no) < 0.7 then email
                else coalesce(second_email, family_email, email) end
    end as order_email_true,
    case
        when draw('order phone', purchase_no) < 0.2 then coalesce(second_phone, landline, phone)
        else phone
    end as order_phone_true,
from purchases
join sums using (purchase_no)
left join returned using (purchase_no);

create or replace macro payment_gateway(purchase_no) as (
    case
        when draw('gateway', purchase_no) < 0.82 then 'shopify_payments'
        when draw('gateway', purchase_no) < 0.95 then 'paypal'
        else 'bizum'
    end
);
