{# One row per known identifier with the least node of its component over shared identifiers. A
   value that people who differ share is a component of its own: records that carry nothing else
   belong to nobody else. #}
{{ config(materialized='connected_components', meta={'keeps_state': true}) }}

select
    node_a,
    node_b,
    first_batch_id as edge_group
from {{ ref('int_identity__known_links') }}

union all

select
    node_id as node_a,
    node_id as node_b,
    first_batch_id as edge_group
from {{ ref('int_identity__nodes') }}
where
    is_known
    and status in ('linking', 'shared')
