{# One row per component that personal links reach, with the least of those that they tie together.
   #}
{{ config(materialized='connected_components') }}

select
    component_one as node_a,
    component_other as node_b
from {{ ref('int_identity__personal_links') }}
