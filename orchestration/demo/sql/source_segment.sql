-- Segment: the main web shop, its app and the kiosks in the shops.

create or replace macro agent(category) as (
    'Mozilla/5.0 ('
    || case category
        when 'mobile' then 'iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15'
        when 'kiosk' then 'Linux; Android 13; NorteKiosk) AppleWebKit/537.36 Chrome/120.0'
        else 'Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36'
    end
);

create or replace temp table web_sessions as
select
    *,
    'https://tienda-norte.example' as host,
    case traffic_source
        when 'paid' then ad.platform
        when 'email' then 'klaviyo'
        when 'organic' then 'google'
        when 'social' then 'instagram'
    end as utm_source,
    case traffic_source
        when 'paid' then 'cpc'
        when 'email' then 'email'
        when 'organic' then 'organic'
        when 'social' then 'social'
    end as utm_medium,
    case traffic_source
        when 'paid' then ad.campaign
        when 'email' then (
            select campaign_id from campaigns
            where campaigns.campaign_no = 1 + session_no % 64
        )
    end as utm_campaign,
    case traffic_source
        when 'organic' then 'https://www.google.com/'
        when 'social' then 'https://www.instagram.com/'
        when 'referral' then 'https://blog-decoracion.example/'
    end as referrer,
    '10.' || person_no % 200 || '.' || session_no % 7 || '.' || 1 + person_no % 250 as ip,
from sessions;

create or replace temp table web_pages as
with numbered as (
    select session_no, page_no
    from web_sessions, range(page_count) as pages (page_no)
    where not is_home_shop
)

select
    web_sessions.* exclude (favourite_category, other_category, size_preference, device_draw),
    web_sessions.session_no * 16 + numbered.page_no as page_key,
    numbered.page_no,
    session_interests.product_id,
    session_interests.product_name,
    session_interests.category,
    case
        when numbered.page_no = 0 then 'home'
        when outcome = 'order' and numbered.page_no = page_count - 1 then 'thanks'
        when outcome in ('order', 'checkout') and numbered.page_no >= page_count - 2 then 'checkout'
        when session_interests.product_id is not null then 'product'
        when draw('listing', web_sessions.session_no * 16 + numbered.page_no) < 0.3 then 'search'
        else 'category'
    end as page_type,
    started_at + to_seconds((
        45 * numbered.page_no + 20 * draw('dwell', web_sessions.session_no * 16 + numbered.page_no)
    )::bigint) as occurred_at,
from numbered
join web_sessions using (session_no)
left join session_interests
    on numbered.session_no = session_interests.session_no
    and numbered.page_no = session_interests.interest_no + 1;

create or replace temp view "segment.pages" as
select
    'pg-' || left(opaque('page', page_key), 20) as id,
    anonymous_id,
    case when page_no > 0 then user_id end as user_id,
    page_type as name,
    host || path as url,
    path,
    coalesce(product_name, 'Tienda Norte') as title,
    case when page_type = 'search' then '?q=' || lower(word) end as search,
    case when page_no = 0 then referrer else host end as referrer,
    case when page_no = 0 then utm_source end as context_campaign_source,
    case when page_no = 0 then utm_medium end as context_campaign_medium,
    case when page_no = 0 then utm_campaign end as context_campaign_name,
    device_id as context_device_id,
    ip as context_ip,
    agent(device_category) as context_user_agent,
    occurred_at as timestamp,
    occurred_at + to_seconds(1) as sent_at,
    -- One page in five hundred arrives days late, from a phone without signal.
    occurred_at + to_seconds(2)
    + case when draw(
        'late', page_key) < 0.002 then to_days((1 + page_key % 4)::integer) else to_days(0
    ) end
        as received_at,
    person_id as _person_id,
from (
    select
        *,
        ['camisa lino', 'café molido', 'abrigo', 'regalo', 'velas'][1 + page_key % 5] as word,
        case page_type
            when 'home' then '/'
            when 'product' then '/p/' || product_id
            when 'search' then '/buscar'
            when 'category' then '/c/' || coalesce(category, 'novedades')
            when 'checkout' then '/checkout'
            else '/gracias'
        end as path,
    from web_pages
);

create or replace temp view "segment.tracks" as
with actions as (
    select
        session_no,
        'Product Viewed' as event_text,
        viewed_at as occurred_at,
        product_id,
        variant_id,
        list_price as value,
        interest_no,
    from session_interests
    where draw('view tracked', session_no * 16 + interest_no) < 0.75
    union all
    select
        session_interests.session_no,
        'Product Added',
        viewed_at + to_seconds(20),
        product_id,
        variant_id,
        list_price,
        interest_no,
    from session_interests
    join sessions using (session_no)
    where interest_no < basket_lines
    union all
    select
        session_interests.session_no,
        'Product Removed',
        viewed_at + to_seconds(60),
        product_id,
        variant_id,
        list_price,
        interest_no,
    from session_interests
    join sessions using (session_no)
    where interest_no < basket_lines and outcome = 'cart'
        and draw('removed', session_no * 16 + interest_no) < 0.15
    union all
    select
        session_no,
        'Checkout Started',
        started_at + to_seconds((45 * (page_count - 2) + 22)::bigint),
        null,
        null,
        null,
        15,
    from sessions
    where outcome in ('order', 'checkout')
    union all
    select session_no, 'Products Searched', started_at + to_seconds(30), null, null, null, 14,
    from sessions
    where outcome <> 'bounce' and draw('searches', session_no) < 0.2
    union all
    select session_no, 'Order Completed', purchased_at, null, null, net + tax + shipping, 13,
    from orders
    where channel = 'web'
    union all
    -- What somebody thinks of the first thing bought, nine days later on the same device.
    select session_no, 'Product Reviewed', purchased_at + to_days(9), product_id, variant_id, null,
        12,
    from purchase_lines
    where channel = 'web' and line_no = 0 and draw('reviews', purchase_no) < 0.12
        and purchased_at < getvariable('until') - to_days(10)
    union all
    select session_no, 'Product Shared', viewed_at + to_seconds(15), product_id, variant_id, null,
        11,
    from session_interests
    where interest_no = 0 and draw('shares', session_no) < 0.01
    union all
    select session_no, 'File Downloaded', started_at + to_seconds(40), null, null, null, 10,
    from sessions
    where outcome <> 'bounce' and draw('downloads', session_no) < 0.006
)

select
    'tr-' || left(opaque('track', actions.event_text || actions.session_no * 16 + interest_no), 20)
        as id,
    anonymous_id,
    user_id,
    lower(replace(actions.event_text, ' ', '_')) as event,
    actions.event_text,
    actions.product_id::varchar as product_id,
    actions.variant_id::varchar as variant_id,
    case when actions.event_text = 'Order Completed'
        then (5000000000000 + scramble(actions.session_no * 2))::varchar end as order_id,
    case when actions.product_id is not null then 1 end as quantity,
    actions.value,
    case when actions.value is not null then 'EUR' end as currency,
    case when actions.event_text in ('Checkout Started', 'Order Completed')
        then opaque('checkout', actions.session_no) end as checkout_id,
    case when actions.event_text = 'Checkout Started' then carts.products end as products,
    case when actions.event_text = 'Product Reviewed'
        then [1, 2, 3, 4, 4, 5, 5, 5][1 + draw_integer('stars', actions.session_no, 8)] end
        as rating,
    case when actions.event_text = 'Product Reviewed' then draw_any(
        'review', actions.session_no, ['Justo lo que buscaba', 'Talla pequeño', null]
    ) end as review_body,
    case when actions.event_text = 'Product Shared'
        then draw_any('share via', actions.session_no, ['WhatsApp', 'Instagram', 'Facebook']) end
        as share_via,
    case when actions.event_text = 'File Downloaded' then 'guia-de-tallas.pdf' end as file_name,
    device_id as context_device_id,
    ip as context_ip,
    agent(device_category) as context_user_agent,
    host || coalesce('/p/' || actions.product_id, '/checkout') as context_page_url,
    referrer as context_page_referrer,
    utm_source as context_campaign_source,
    utm_medium as context_campaign_medium,
    utm_campaign as context_campaign_name,
    actions.occurred_at as timestamp,
    actions.occurred_at as original_timestamp,
    actions.occurred_at + to_seconds(1) as sent_at,
    actions.occurred_at + to_seconds(2) as received_at,
    person_id as _person_id,
from actions
join web_sessions using (session_no)
left join (
    select
        session_no,
        to_json(list(
            struct_pack(product_id := product_id, variant_id := variant_id, quantity := 1,
                price := list_price) order by interest_no
        ))::varchar as products,
    from session_interests
    join sessions using (session_no)
    where interest_no < basket_lines and sessions.outcome in ('order', 'checkout')
    group by session_no
) as carts using (session_no)
where not is_home_shop and actions.occurred_at < getvariable('until') + to_days(1);

create or replace temp view "segment.identifies" as
select
    'id-' || left(opaque('identify', session_no), 20) as id,
    anonymous_id,
    coalesce(user_id, null) as user_id,
    case when user_id is not null or typed then people.email end as email,
    case
        when draw('identify phone', session_no) < 0.1 then '+' || phone_prefix || phone
    end as phone,
    case when draw('identify name', session_no) < 0.6 then given_name end as first_name,
    case when draw('identify name', session_no) < 0.6 then family_name_born end as last_name,
    device_id as context_device_id,
    ip as context_ip,
    agent(device_category) as context_user_agent,
    started_at + to_seconds(25) as timestamp,
    started_at + to_seconds(25) as original_timestamp,
    started_at + to_seconds(26) as sent_at,
    started_at + to_seconds(27) as received_at,
    people.person_id as _person_id,
from (
    select *, draw('types email', session_no) < 0.05 as typed from web_sessions
) as visits
join people using (person_no)
where not is_home_shop and (is_signed_in or (typed and people.email is not null));

-- Screens of the app: a phone that opens it before it visits the shop.
create or replace temp view "segment.screens" as
select
    'sc-' || left(opaque('screen', session_no), 20) as id,
    anonymous_id,
    user_id,
    draw_any('screen', session_no, ['Inicio', 'Mis puntos', 'Tarjeta']) as name,
    'Norte' as context_app_name,
    device_id as context_device_id,
    ip as context_ip,
    agent(device_category) as context_user_agent,
    started_at + to_seconds(5) as timestamp,
    started_at + to_seconds(6) as sent_at,
    started_at + to_seconds(7) as received_at,
    person_id as _person_id,
from web_sessions
where not is_home_shop and device_id is not null and device_category <> 'kiosk'
    and draw('opens app', session_no) < 0.1;
