{#- A name or place that was typed in one case alone, with capitals where they belong: MARIA DEL MAR becomes Maria del
    Mar, o'brien-smith O'Brien-Smith. What has both cases stays as it is: McDonald, DeVito, van der Berg.
    starts_upper: false for family names, whose particle is small: de la Torre. -#}
{% macro tidy_name(expression, starts_upper=true) -%}
    {%- set parted = "replace(replace(lower(" ~ expression ~ "), '-', '- '), '''', ''' ')" -%}
    {%- set titled = "replace(replace(" ~ title_words(parted, name_particles()) ~ ", '- ', '-'), ''' ', '''')" -%}
    case
        when {{ expression }} in (upper({{ expression }}), lower({{ expression }}))
            then
            {%- if starts_upper %} upper(substr({{ expression }}, 1, 1)) || substr({{ titled }}, 2)
            {%- else %} {{ titled }}
            {%- endif %}
        else {{ expression }}
    end
{%- endmacro %}

{#- The first of two family names with its particles: de la Torre Ruiz gives de la Torre. -#}
{% macro first_family_name(expression) -%}
    {{ regex_extract(expression, '^((?:(?i:' ~ name_particles() | join('|') ~ ') )*[^ ]+)', 1) }}
{%- endmacro %}

{#- What stands behind the first family name, without the "and" between them: Ortega y Gasset gives Gasset. NULL when
    there is one family name alone. -#}
{% macro second_family_name(expression) -%}
    nullif({{ regex_replace(
        expression, '^(?:(?i:' ~ name_particles() | join('|') ~ ') )*[^ ]+ *(?:(?i:y|i) )?', ''
    ) }}, '')
{%- endmacro %}

{#- Words inside names that are no names themselves, in the languages of the people who shop here. -#}
{% macro name_particles() -%}
    {{ return([
        'de', 'del', 'la', 'las', 'los', 'el', 'y', 'i', 'da', 'do', 'das', 'dos', 'di', 'du', 'des', 'van', 'von',
        'der', 'den', 'ter', 'ten', 'zu', 'af', 'bin', 'ibn',
    ]) }}
{%- endmacro %}

{#- Countries in which people have two family names, the father's or mother's first. -#}
{% macro countries_of_two_family_names() -%}
    {{ return([
        'ES', 'AR', 'BO', 'CL', 'CO', 'CR', 'CU', 'DO', 'EC', 'GT', 'HN', 'MX', 'NI', 'PA', 'PE', 'PR', 'PY', 'SV',
        'UY', 'VE',
    ]) }}
{%- endmacro %}
