{# One row per landed row of the contract source: service case. #}
{{ stage_contract('service_contacts') }}
