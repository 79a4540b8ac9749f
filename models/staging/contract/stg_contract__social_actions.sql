{# One row per landed row of the contract source: action on a social network. #}
{{ stage_contract('social_actions') }}
