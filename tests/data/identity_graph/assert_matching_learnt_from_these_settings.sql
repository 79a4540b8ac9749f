{# What was learnt under other variables does not fit: let the var matching_learns be true once. #}
{{ config(group='identity_graph') }}
select settings_digest
from {{ ref('int_identity__learnt_settings') }}
where settings_digest <> '{{ matching_settings_digest() }}'
