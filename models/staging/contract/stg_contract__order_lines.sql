{# One row per landed row of the contract source: order line. #}
{{ stage_contract('order_lines') }}
