{# One row per landed row of the contract source: posting of the finance ledger. #}
{{ stage_contract('finance_ledger') }}
