{# One row per landed row of the contract source: variant, site and time of counting. #}
{{ stage_contract('stock') }}
