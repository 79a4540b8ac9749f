{# One row per landed row of the contract source: payment. #}
{{ stage_contract('payments') }}
