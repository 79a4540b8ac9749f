{# One row per accepted landed row of a code that customers type, with the rule behind it, as far as
   that has landed. #}
with

stg_shopify__discount_redeem_codes as (
    select * from {{ ref('stg_shopify__discount_redeem_codes') }}
    where reject_reason is null
),

rules as (
    select * from {{ ref('stg_shopify__discount_code_basic') }}
    union all
    select * from {{ ref('stg_shopify__discount_code_bxgy') }}
    union all
    select * from {{ ref('stg_shopify__discount_code_free_shipping') }}
    union all
    select * from {{ ref('stg_shopify__discount_code_app') }}
),

latest_rules as (
    {{ latest_version('rules', 'discount_id',
        ['status', 'usage_limit', 'valid_from', 'valid_to']) }}
),

versions as (
    select
        stg_shopify__discount_redeem_codes.*,
        max(stg_shopify__discount_redeem_codes.batch_id) over (
            partition by stg_shopify__discount_redeem_codes.source_record_id
        ) as last_batch_id
    from stg_shopify__discount_redeem_codes
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        versions.coupon_code,
        ---------- strings
        {{ map_values('versions.discount_kind', {
            'free_shipping': 'shipping',
            'bxgy': 'gift',
        }, otherwise='versions.discount_kind') }} as discount_type,
        latest_rules.status,
        ---------- numbers
        latest_rules.usage_limit,
        ---------- timestamps
        latest_rules.valid_from,
        latest_rules.valid_to,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id, coalesce(latest_rules.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join latest_rules on versions.discount_id = latest_rules.discount_id
)

select * from final
