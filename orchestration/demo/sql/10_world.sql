-- What everybody shares, whatever the number of people: calendar, catalogue, shops, campaigns.

create or replace temp table given_name_lists as
select
    culture,
    gender,
    list(struct_pack(given_name := given_name, nickname := nickname) order by position) as names,
from seed_given_names
group by culture, gender;

create or replace temp table surname_lists as
select culture, list(surname order by position) as surnames
from seed_surnames
group by culture;

create or replace temp table place_lists as
select
    country_code,
    list(
        struct_pack(city := city, region := region, prefix := postal_prefix) order by position
    ) as places,
    (
        select list(street order by seed_streets.position)
        from seed_streets
        where seed_streets.country_code = seed_cities.country_code
    ) as streets,
from seed_cities
group by country_code;

-- Days of the history, each as often as its season and weekday are busy.
create or replace temp table busy_days as
with days as (
    select
        day_no,
        (getvariable('since') + to_days(day_no::integer))::timestamp as day_start,
    from range(getvariable('days')) as day_numbers (day_no)
),

weights as (
    select
        day_no,
        [1.25, 0.75, 0.80, 0.90, 0.95, 0.95, 1.15, 0.70, 0.95, 1.00, 1.45, 1.60][month(day_start)]
        * [1.15, 0.90, 0.88, 0.92, 0.98, 1.15, 1.30][1 + dayofweek(day_start)] as weight,
    from days
),

shares as (
    select
        day_no,
        greatest(1, round(8000 * weight / sum(weight) over ()))::bigint as tickets,
    from weights
)

select day_no
from (
    select shares.day_no, unnest(range(shares.tickets)) as ticket
    from shares
);

-- Lists that every draw reads are variables: a constant costs nothing per row.
set variable busy_days = (select list(day_no order by day_no) from busy_days);

-- Hours of the day by habit: breakfast, lunch break, evening, night owl.
create or replace macro draw_time(purpose, key, habit) as (
    getvariable('since')::timestamp
    + to_days((
        getvariable('busy_days')[
            1 + draw_integer(purpose || ' day', key, len(getvariable('busy_days')))
        ]
    )::integer)
    + to_seconds(
        case
            when draw(purpose || ' habit', key) < 0.6
                then (
                    [6.5, 12.5, 18.5, 21.0][habit] + 2.5 * draw(purpose || ' hour', key)
                ) * 3600
            else (7 + 15.9 * draw(purpose || ' hour', key)) * 3600
        end
    )
);

create or replace temp table categories as
select
    position as category_no,
    category,
    family,
    code,
    noun,
    case when sizes is null then [null::varchar] else string_split(sizes, '|') end as sizes,
    case when colours is null then [null::varchar] else string_split(colours, '|') end as colours,
    is_consumable,
    (tax_rate * 10000)::bigint as tax_basis_points,
    price_from,
    price_to,
from seed_categories;

create or replace temp table products as
with numbered as (
    select
        product_no,
        1 + (product_no - 1) % 20 as category_no,
        (product_no - 1) // 20 as rank_in_category,
    from range(1, getvariable('products') + 1) as numbers (product_no)
)

select
    numbered.product_no,
    7000000000000 + scramble(numbered.product_no) as product_id,
    categories.*,
    numbered.rank_in_category,
    categories.noun || ' '
    || [
        'Alba', 'Brisa', 'Cala', 'Duna', 'Enebro', 'Faro', 'Garoé', 'Hiedra', 'Isla', 'Jara',
        'Kora', 'Luz', 'Marea', 'Niebla', 'Olivo', 'Piedra', 'Quilla', 'Río', 'Sal', 'Tajo',
        'Umbría', 'Viento'
    ][1 + numbered.rank_in_category % 22]
    || case
        when numbered.rank_in_category >= 22 then ' ' || numbered.rank_in_category // 22 + 1
        else ''
    end
        as product_name,
    draw_any(
        'brand', numbered.product_no, ['Casa Lirio', 'Norte', 'Taller 9', 'Óvalo', 'Mar de Fondo']
    ) as brand,
    round(
        floor(
            categories.price_from
            + (categories.price_to - categories.price_from)
            * power(draw('price', numbered.product_no), 2)
        ) + 0.95, 2
    )::decimal(18, 2) as list_price,
    case
        when numbered.rank_in_category > 1 and draw('launched', numbered.product_no) < 0.2
            then getvariable('since') + to_days(
                draw_integer('launch day', numbered.product_no, getvariable('days'))::integer
            )
        else getvariable('since') - to_days(
            (30 + draw_integer('launch day', numbered.product_no, 1200))::integer
        )
    end::timestamp as launched_at,
    draw('active', numbered.product_no) < 0.95 as is_active,
from numbered
join categories using (category_no);

alter table products add column unit_cost decimal(18, 2);
update products
set unit_cost = percent_of(list_price, 3000 + draw_integer('cost', product_no, 2500));

create or replace temp table variants as
select
    products.product_no,
    products.product_id,
    variant_index,
    40000000000000 + scramble(products.product_no * 32 + variant_index) as variant_id,
    products.sizes[1 + variant_index % len(products.sizes)] as size,
    products.colours[1 + variant_index // len(products.sizes)] as colour,
    products.code || '-' || lpad(products.product_no::varchar, 4, '0') || '-' || variant_index
        as sku,
    products.list_price,
    products.launched_at,
from products, range(len(products.sizes) * len(products.colours)) as indexes (variant_index);

create or replace temp table campaigns as
with numbered as (
    select
        campaign_no,
        case
            when campaign_no > 64
                then getvariable('until') + to_days(((campaign_no - 64) * 3)::integer)
            else getvariable('since')
                + to_days((campaign_no * getvariable('days') / 65)::integer)
        end + to_hours((9 + campaign_no % 3 * 4)::integer) as sent_at,
        case when campaign_no % 8 = 5 then 'sms' else 'email' end as channel,
        1 + draw_integer('campaign category', campaign_no, 20) as category_no,
    from range(1, 69) as numbers (campaign_no)
)

select
    campaign_no,
    upper(left(opaque('campaign', campaign_no), 6)) as campaign_id,
    categories.category || ' ' || strftime(sent_at, '%Y-%m') || ' #' || campaign_no
        as campaign_name,
    channel,
    category_no,
    sent_at,
    case
        when campaign_no > 66 then 'draft'
        when campaign_no > 64 then 'scheduled'
        else 'sent'
    end as status,
    case when campaign_no % 16 = 9 then 'transactional' else 'marketing' end as purpose,
    1 + campaign_no % 5 as priority,
    (
        select string_agg(product_id::varchar, ',' order by product_no)
        from products
        where
            products.category_no = numbered.category_no
            and rank_in_category in (0, 1 + numbered.campaign_no % 3)
    ) as product_ids,
    '¡' || categories.category || ' para ti!' as subject,
from numbered
join categories using (category_no);

set variable email_domains = (
    select list(domain order by position, ticket)
    from (
        select position, domain, unnest(range(weight)) as ticket
        from seed_email_domains
    )
);

set variable ad_campaigns = (
    select list(
        struct_pack(platform := platform, campaign := campaign, cost := cost_per_click)
        order by position, ticket
    )
    from (
        select *, unnest(range(share)) as ticket
        from seed_ad_campaigns
    )
);

set variable coupons = (
    select list(
        struct_pack(
            code := code, percent := percent, starts_day := starts_day, ends_day := ends_day
        ) order by position
    )
    from seed_coupons
);

set variable hostile_texts = (
    select list(text order by position)
    || [
        'Ana' || chr(0) || 'Zero', 'Tab' || chr(9) || 'ulador', 'Dos' || chr(10) || 'líneas',
        'Bell' || chr(7)
    ]
    from seed_hostile_texts
);
