{# One row per landed row of the contract source: consent act. #}
{{ stage_contract('consents') }}
