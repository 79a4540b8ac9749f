{# One row per landed row of the contract source: labelled pair of person records. #}
{{ stage_contract('identity_labels') }}
