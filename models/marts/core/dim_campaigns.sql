{# One row per campaign. #}
with

unified_campaigns as (
    select * from {{ ref('unified_campaigns') }}
),

final as (
    select
        source_name || '|' || campaign_id as campaign_key,
        source_name,
        campaign_id,
        name as campaign_name,
        channel,
        purpose,
        product_ids,
        tags,
        coupon_code,
        status,
        priority,
        starts_at,
        ends_at
    from unified_campaigns
)

select * from final
