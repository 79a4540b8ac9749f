{# One row per accepted landed row of a code that customers type, with the rule behind it, as far as
   that has landed, and what it was worth when somebody last used it: the rules do not tell their
   value, the discounts of orders do. #}
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

stg_shopify__discount_applications as (
    select
        *,
        lower(coupon_code) as code_key
    from {{ ref('stg_shopify__discount_applications') }}
),

stg_shopify__orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

latest_uses as (
    {{ latest_version('stg_shopify__discount_applications', 'code_key',
        ['value_type', 'discount_value', 'order_id'],
        'coupon_code is not null and discount_value is not null') }}
),

latest_orders as (
    {{ latest_version('stg_shopify__orders', 'order_id', ['currency'],
        'order_id in (select latest_uses.order_id from latest_uses)') }}
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
        }, otherwise='coalesce(latest_uses.value_type, versions.discount_kind)') }}
            as discount_type,
        case when latest_uses.value_type = 'amount' then latest_orders.currency end as currency,
        latest_rules.status,
        ---------- numbers
        latest_uses.discount_value,
        latest_rules.usage_limit,
        ---------- timestamps
        latest_rules.valid_from,
        latest_rules.valid_to,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id,
            coalesce(latest_rules.last_batch_id, 0),
            coalesce(latest_uses.last_batch_id, 0),
            coalesce(latest_orders.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join latest_rules on versions.discount_id = latest_rules.discount_id
    left join latest_uses on lower(versions.coupon_code) = latest_uses.code_key
    left join latest_orders on latest_uses.order_id = latest_orders.order_id
)

select * from final
