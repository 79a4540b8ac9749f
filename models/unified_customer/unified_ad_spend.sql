{# One row per platform, campaign and day of advertising. #}
with

harmonized_ad_spend as (
    select * from {{ ref('harmonized_ad_spend') }}
),

final as (
    select
        source_name,
        source_table,
        source_record_id,
        platform,
        campaign,
        currency,
        cost,
        impressions,
        clicks,
        spend_date,
        recorded_at,
        landed_at,
        batch_id
    from harmonized_ad_spend
)

select * from final
