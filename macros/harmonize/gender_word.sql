{#- female, male, other or unknown from the words that sources use; NULL where nothing is said. -#}
{% macro gender_word(expression) -%}
    {{ map_values(clean_text(expression), {
        'f': 'female', 'female': 'female', 'woman': 'female', 'mujer': 'female', 'femenino': 'female',
        'm': 'male', 'male': 'male', 'man': 'male', 'hombre': 'male', 'masculino': 'male',
        'other': 'other', 'non-binary': 'other', 'otro': 'other',
    }, otherwise="case when " ~ clean_text(expression) ~ " is not null then 'unknown' end") }}
{%- endmacro %}
