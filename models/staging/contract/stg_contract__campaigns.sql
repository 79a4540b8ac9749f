{# One row per landed row of the contract source: campaign. #}
{{ stage_contract('campaigns') }}
