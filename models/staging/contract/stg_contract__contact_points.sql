{# One row per landed row of the contract source: entry of an address book. #}
{{ stage_contract('contact_points') }}
