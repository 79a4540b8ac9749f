{#- GA4 text without the placeholders that the export writes for "none". -#}
{% macro ga4_set(expression) -%}
    nullif(
        nullif(nullif(nullif({{ clean_text(expression) }}, '(not set)'), '(none)'), '(direct)'),
        '(data deleted)'
    )
{%- endmacro %}
