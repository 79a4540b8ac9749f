{# One row per landed row of shopify.discount_redeem_code: a code that
   customers type. Feeds int_shopify__coupons. #}
with

discount_redeem_codes as (
    select * from {{ source('shopify', 'discount_redeem_code') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.discount_redeem_code' as source_table,
        cast(discount_redeem_codes.id as string) as source_record_id,
        cast(discount_redeem_codes.discount_id as string) as discount_id,
        {{ clean_id('discount_redeem_codes.code') }} as coupon_code,
        ---------- strings
        lower({{ clean_text('discount_redeem_codes.discount_type') }}) as discount_kind,
        ---------- timestamps
        discount_redeem_codes._fivetran_synced as recorded_at,
        ---------- metadata
        {{ landing_columns('discount_redeem_codes') }},
        {{ reject_reason([
            ('discount_redeem_codes.id is null', 'null key'),
            (clean_id('discount_redeem_codes.code') ~ ' is null', 'null key'),
        ]) }} as reject_reason,
        {{ row_as_json('discount_redeem_codes') }} as payload
    from discount_redeem_codes
)

select * from final
