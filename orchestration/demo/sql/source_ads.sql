-- Ad platforms: each click of a visit that came through an ad, and the bill per day.

create or replace temp view "ads.clicks" as
select
    left(opaque('click', session_no), 24) as click_id,
    ad.platform as platform,
    ad.campaign as campaign,
    case when is_home_shop then client_id else anonymous_id end as anonymous_id,
    case
        when ad.platform = 'google' then 'Cj0' || left(opaque('gclid', session_no), 24)
    end as gclid,
    case when is_home_shop then 'https://hogar.tienda-norte.example/' else host || '/' end
        || '?utm_source=' || ad.platform || '&utm_medium=cpc&utm_campaign=' || ad.campaign
            as landing_url,
    started_at - to_seconds(3) as clicked_at,
    (ad.cost * (0.7 + 0.6 * draw('click cost', session_no)))::decimal(18, 4) as cost,
    'EUR' as currency,
from web_sessions
where traffic_source = 'paid';

create or replace temp view "ads.spend" as
with days as (
    select seed_ad_campaigns.*, getvariable('since')::date + day_no::integer as spend_date
    from seed_ad_campaigns, range(getvariable('days')) as days (day_no)
),

counted as (
    select
        *,
        greatest(1, floor(
            getvariable(
                'people') * share * 0.000023 * (0.7
                    + 0.6 * draw('day spend', campaign || platform || spend_date)
            )
        ))::bigint as day_clicks,
    from days
)

select
    platform,
    campaign,
    spend_date,
    (day_clicks * cost_per_click)::decimal(18, 4) as cost,
    'EUR' as currency,
    day_clicks * (30 + draw_integer('impressions', campaign || platform || spend_date, 60))
        as impressions,
    day_clicks as clicks,
from counted
where getvariable('is_first_chunk');
