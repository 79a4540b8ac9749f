{#- ISO 639-1 code of a locale (es, es-ES, es_ES); NULL for anything else. -#}
{% macro language_code(expression) -%}
    nullif(
        lower({{ regex_extract('trim(cast(' ~ expression ~ ' as string))', '^([A-Za-z]{2})([-_].*)?$', 1) }}), ''
    )
{%- endmacro %}
