{# One row per coupon. #}
with

harmonized_coupons as (
    select * from {{ ref('harmonized_coupons') }}
),

final as (
    select
        source_name,
        source_table,
        source_record_id,
        coupon_code,
        campaign_id,
        discount_type,
        discount_value,
        valid_from,
        valid_to,
        recorded_at,
        landed_at,
        batch_id
    from harmonized_coupons
)

select * from final
