{# One row per landed row of the contract source: event of the loyalty programme. #}
{{ stage_contract('loyalty_events') }}
