{{ config(materialized='table') }}

{# One row per customer and contact point that anything says is the customer's: a person record, a
   guest's order, a case, an act of consent, a correction by hand. The market is that of the one
   country which all records with this very contact point agree on, whoever's they are, so that no
   merge changes it. #}
with

int_customer__record_points as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        country_code,
        is_verified,
        first_seen_at,
        last_seen_at
    from {{ ref('int_customer__record_points') }}
),

identity_map as (
    select
        customer_id,
        identifier_type,
        identifier_value,
        first_seen_at
    from {{ ref('identity_map') }}
    where
        identifier_type in ('email', 'phone', 'social_handle')
        and customer_id is not null
),

unified_consent_acts as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        captured_at
    from {{ ref('unified_consent_acts') }}
    where
        customer_id is not null
        and contact_point is not null
),

corrected_points as (
    select
        customer_id,
        attribute,
        value,
        recorded_at
    from {{ ref('unified_customer_attributes') }}
    where
        rule = 'manual_correction'
        and attribute in ('email', 'phone')
),

consent_markets as (
    select
        country_code,
        market
    from {{ ref('consent_markets') }}
),

observed_points as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        is_verified,
        first_seen_at,
        last_seen_at
    from int_customer__record_points

    union all

    select
        customer_id,
        identifier_type as contact_point_type,
        identifier_value as contact_point,
        false as is_verified,
        first_seen_at,
        first_seen_at as last_seen_at
    from identity_map

    union all

    select
        customer_id,
        contact_point_type,
        contact_point,
        false as is_verified,
        captured_at as first_seen_at,
        captured_at as last_seen_at
    from unified_consent_acts

    union all

    select
        customer_id,
        attribute as contact_point_type,
        value as contact_point,
        false as is_verified,
        recorded_at as first_seen_at,
        recorded_at as last_seen_at
    from corrected_points
),

points as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        max(case when is_verified then 1 else 0 end) = 1 as is_verified,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from observed_points
    group by
        customer_id,
        contact_point_type,
        contact_point
),

point_countries as (
    select
        contact_point_type,
        contact_point,
        min(country_code) as country_code
    from int_customer__record_points
    where country_code is not null
    group by
        contact_point_type,
        contact_point
    having min(country_code) = max(country_code)
),

final as (
    select
        points.customer_id,
        points.contact_point_type,
        points.contact_point,
        {{ contact_point_key('points.contact_point_type', 'points.contact_point') }}
            as contact_point_key,
        consent_markets.market,
        points.is_verified,
        points.first_seen_at,
        points.last_seen_at
    from points
    left join point_countries
        on
            points.contact_point_type = point_countries.contact_point_type
            and points.contact_point = point_countries.contact_point
    left join consent_markets
        on point_countries.country_code = consent_markets.country_code
)

select * from final
