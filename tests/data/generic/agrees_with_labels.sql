{#- With enough labelled pairs, the given measures of precision and recall are not below the limits
    of the vars. -#}
{% test agrees_with_labels(model, precision_measure, recall_measure) %}

select
    figures.measure,
    figures.measure_value
from {{ model }} as figures
inner join {{ model }} as pairs
    on
        pairs.measure = 'pairs'
        and pairs.measure_value >= {{ var('identity_labels_min_pairs') }}
where
    (
        figures.measure = '{{ precision_measure }}'
        and figures.measure_value < {{ var('identity_min_precision') }}
    )
    or (
        figures.measure = '{{ recall_measure }}'
        and figures.measure_value < {{ var('identity_min_recall') }}
    )

{% endtest %}
