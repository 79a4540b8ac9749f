{# One row per class of pairs, attribute and agreement_level with the log2 of its probability;
   attribute '' holds the log2 share of the class among all pairs of persons. #}
{{ config(materialized='pair_class_training') }}

select
    kind,
    pair_class,
    attribute,
    agreement_level,
    pattern_key,
    pair_count,
    probability,
    prior_pairs
from {{ ref('int_identity__training_rows') }}
