{# One row per warehouse: the digest of the variables from which matching learnt what it goes by. #}
{{ config(materialized='learnt_table') }}
select '{{ matching_settings_digest() }}' as settings_digest
