{# One row per landed row of the contract source: person record of a source. #}
{{ stage_contract('customers') }}
