{# One row per landed row of the contract source: visit to a shop, exhibition or appointment. #}
{{ stage_contract('store_visits') }}
