{# One row per landed row of the contract source: order. #}
{{ stage_contract('orders') }}
