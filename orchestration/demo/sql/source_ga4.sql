-- GA4: the home shop, a site of its own, in the nested shape of the BigQuery export.

create or replace temp table ga4_hits as
with visits as (
    select * from web_sessions where is_home_shop
),

hits as (
    select
        session_no,
        'session_start' as event_name,
        started_at as occurred_at,
        null::bigint as interest_no,
        0 as rank
    from visits
    union all
    select
        session_no,
        'page_view',
        started_at + to_seconds((45 * page_no + 1)::bigint),
        null,
        page_no + 1
    from visits, range(page_count) as pages (page_no)
    union all
    select session_interests.session_no, 'view_item', viewed_at, interest_no, 30 + interest_no
    from session_interests
    join visits using (session_no)
    union all
    select
        session_interests.session_no,
        'add_to_cart',
        viewed_at + to_seconds(20),
        interest_no,
        50 + interest_no
    from session_interests
    join visits using (session_no)
    where interest_no < basket_lines
    union all
    select
        session_no,
        'begin_checkout',
        started_at + to_seconds((45 * (page_count - 2) + 22)::bigint),
        null,
        70
    from visits
    where outcome in ('order', 'checkout')
    union all
    select session_no, 'purchase', purchased_at, null, 71
    from orders
    join visits using (session_no)
    where orders.channel = 'web'
    union all
    select session_no, 'share', started_at + to_seconds(50), null, 72
    from visits
    where outcome <> 'bounce' and draw('home shares', session_no) < 0.01
    union all
    select session_no, 'file_download', started_at + to_seconds(55), null, 73
    from visits
    where outcome <> 'bounce' and draw('home downloads', session_no) < 0.01
)

select * from hits;

create or replace temp view "ga4.events" as
select
    strftime(hits.occurred_at, '%Y%m%d') as event_date,
    epoch_us(hits.occurred_at) + hits.rank as event_timestamp,
    hits.event_name,
    [
        ga4_number('ga_session_id', epoch_us(visits.started_at) // 1000000),
        ga4_number('ga_session_number', 1 + visits.session_no % 64),
        ga4_text('page_location', 'https://hogar.tienda-norte.example'
            || coalesce('/p/' || interests.product_id, '/')),
        ga4_text('page_referrer', visits.referrer),
        ga4_number(
            'engagement_time_msec',
            1000 + draw_integer('engaged', visits.session_no * 128 + hits.rank, 40000)
        ),
        ga4_text('source', visits.utm_source),
        ga4_text('medium', visits.utm_medium),
        ga4_text('campaign', visits.utm_campaign)
    ]
    || case hits.event_name
        when 'share' then [ga4_text('method', 'WhatsApp')]
        when 'file_download' then [ga4_text('file_name', '/montaje.pdf')]
        else []
    end as event_params,
    visits.user_id,
    visits.client_id as user_pseudo_id,
    struct_pack(
        analytics_storage := 'Yes',
        -- asked again each month
        ads_storage := case
            when draw('ads storage', visits.client_id || strftime(hits.occurred_at, '%Y%m')) < 0.7
                then 'Yes'
            else 'No'
        end,
        uses_transient_token := 'No'
    ) as privacy_info,
    hits.rank as event_bundle_sequence_id,
    1234567890 as stream_id,
    'WEB' as platform,
    case when hits.event_name = 'purchase' then struct_pack(
        total_item_quantity := orders.units,
        purchase_revenue := (orders.net + orders.tax + orders.shipping)::double,
        refund_value := null::double,
        shipping_value := orders.shipping::double,
        tax_value := orders.tax::double,
        transaction_id := orders.order_id
    ) end as ecommerce,
    case when interests.product_id is not null then [struct_pack(
        item_id := interests.product_id::varchar,
        item_name := interests.product_name,
        item_brand := interests.brand,
        item_variant := interests.variant_id::varchar,
        item_category := interests.category,
        price := interests.list_price::double,
        quantity := 1::bigint,
        item_revenue := null::double,
        coupon := null::varchar
    )] end as items,
    struct_pack(
        category := visits.device_category,
        operating_system := case visits.device_category when 'mobile' then 'iOS' else 'Windows' end,
        advertising_id := null::varchar,
        language := people.language
    ) as device,
    struct_pack(country := people.country_code, region := people.region, city := people.city)
        as geo,
    struct_pack(
        medium := coalesce(visits.utm_medium, '(none)'),
        name := coalesce(visits.utm_campaign, '(direct)'),
        source := coalesce(visits.utm_source, '(direct)')
    ) as traffic_source,
    people.person_id as _person_id,
from ga4_hits as hits
join web_sessions as visits using (session_no)
join people using (person_no)
left join session_interests as interests
    on hits.session_no = interests.session_no and hits.interest_no = interests.interest_no
left join (select * from orders where channel = 'web') as orders
    on hits.session_no = orders.session_no and hits.event_name = 'purchase';
