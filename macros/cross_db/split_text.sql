{#- A string split on a literal separator, as an array. -#}
{% macro split_text(expression, separator) -%}
    {{ return(adapter.dispatch('split_text')(expression, separator)) }}
{%- endmacro %}

{% macro default__split_text(expression, separator) -%}
    {{ raise_unsupported_adapter('split_text') }}
{%- endmacro %}

{% macro duckdb__split_text(expression, separator) -%}
    string_split({{ expression }}, '{{ separator }}')
{%- endmacro %}

{% macro spark__split_text(expression, separator) -%}
    split({{ expression }}, r'\Q{{ separator }}\E')
{%- endmacro %}
