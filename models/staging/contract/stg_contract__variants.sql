{# One row per landed row of the contract source: product variant. #}
{{ stage_contract('variants') }}
