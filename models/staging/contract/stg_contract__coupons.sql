{# One row per landed row of the contract source: coupon. #}
{{ stage_contract('coupons') }}
