{# One row per landed row of the contract source: identifier seen on a record. #}
{{ stage_contract('identifiers') }}
