{# One row per landed row of the contract source: returned line. #}
{{ stage_contract('returns') }}
