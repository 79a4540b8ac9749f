{# One row per landed row of the contract source: survey answer or review. #}
{{ stage_contract('surveys') }}
