{# One row per customer node that shares a household, with the least node of it. #}
{{ config(materialized='connected_components') }}

select
    node_one as node_a,
    node_other as node_b
from {{ ref('int_identity__household_links') }}
