{# One row per landed row of the contract source: check of an identifier against an exclusion list.
   #}
{{ stage_contract('list_checks') }}
