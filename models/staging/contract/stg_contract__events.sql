{# One row per landed row of the contract source: behavioural event. #}
{{ stage_contract('events') }}
