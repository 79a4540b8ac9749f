{# One row per landed row of the contract source: target of a campaign. #}
{{ stage_contract('campaign_targets') }}
