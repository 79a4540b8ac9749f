{#- female, male, other or unknown from the words that sources use; NULL where nothing is said. -#}
{% macro gender_word(expression) -%}
    {{ map_values(clean_text(expression), {
        'f': 'female', 'female': 'female', 'woman': 'female', 'mujer': 'female', 'femenino': 'female',
        'm': 'male', 'male': 'male', 'man': 'male', 'hombre': 'male', 'masculino': 'male',
        'other': 'other', 'non-binary': 'other', 'otro': 'other',
    }, otherwise="case when " ~ clean_text(expression) ~ " is not null then 'unknown' end") }}
{%- endmacro %}

{#- female or male by the word that somebody is addressed with, NULL for any other (Dr., Prof.). -#}
{% macro salutation_gender(expression) -%}
    {{ map_values(clean_text(expression), {
        'mr': 'male', 'mr.': 'male', 'sr': 'male', 'sr.': 'male', 'don': 'male', 'herr': 'male',
        'ms': 'female', 'ms.': 'female', 'mrs': 'female', 'mrs.': 'female', 'miss': 'female',
        'sra': 'female', 'sra.': 'female', 'srta.': 'female', 'doña': 'female', 'frau': 'female',
    }) }}
{%- endmacro %}
