{# One row per landed row of the contract source: platform, campaign and day. #}
{{ stage_contract('ad_spend') }}
