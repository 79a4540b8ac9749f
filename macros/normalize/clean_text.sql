{#- Text without control characters (NUL included) and outer blanks; blank becomes NULL. -#}
{% macro clean_text(expression) -%}
    nullif(trim({{ regex_replace('cast(' ~ expression ~ ' as string)', '[\\x00-\\x1f\\x7f]+', ' ') }}), '')
{%- endmacro %}
