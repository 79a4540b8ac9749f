{# One row per campaign. #}
with

harmonized_campaigns as (
    select * from {{ ref('harmonized_campaigns') }}
),

final as (
    select
        source_name,
        source_table,
        source_record_id,
        campaign_id,
        name,
        channel,
        purpose,
        product_ids,
        tags,
        coupon_code,
        status,
        priority,
        starts_at,
        ends_at,
        recorded_at,
        landed_at,
        batch_id
    from harmonized_campaigns
)

select * from final
