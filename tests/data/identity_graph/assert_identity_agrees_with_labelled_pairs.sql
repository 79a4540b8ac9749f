-- With enough labelled pairs, precision and recall are not below the thresholds of the vars.
with

measures as (
    select
        max(case when measure = 'pairs' then measure_value end) as pairs,
        max(case when measure = 'precision' then measure_value end) as pair_precision,
        max(case when measure = 'recall' then measure_value end) as pair_recall
    from {{ ref('identity_quality') }}
    where rule = 'all'
)

select *
from measures
where
    pairs >= {{ var('identity_labels_min_pairs') }}
    and (
        pair_precision < {{ var('identity_min_precision') }}
        or pair_recall < {{ var('identity_min_recall') }}
    )
