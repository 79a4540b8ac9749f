{# One row per landed row of the contract source: product. #}
{{ stage_contract('products') }}
