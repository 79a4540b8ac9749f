{# One row per person so far that matching ties to another, with the least of those that are one
   person. #}
{{
    config(
        materialized='average_linkage',
        meta={'link_bits': var('matching_link_bits'), 'mean_bits': var('matching_mean_bits')},
    )
}}

select
    person_one as node_a,
    person_other as node_b,
    weight
from {{ ref('int_identity__scores') }}
