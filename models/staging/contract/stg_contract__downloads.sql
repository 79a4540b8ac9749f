{# One row per landed row of the contract source: download. #}
{{ stage_contract('downloads') }}
