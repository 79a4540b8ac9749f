{# One row per landed row of the contract source: outcome of a message sent to one contact point. #}
{{ stage_contract('messages') }}
