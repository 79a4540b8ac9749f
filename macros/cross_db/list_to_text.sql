{#- An array of strings joined by a separator; NULL for a NULL array. -#}
{% macro list_to_text(expression, separator) -%}
    {{ return(adapter.dispatch('list_to_text')(expression, separator)) }}
{%- endmacro %}

{% macro default__list_to_text(expression, separator) -%}
    {{ raise_unsupported_adapter('list_to_text') }}
{%- endmacro %}

{% macro duckdb__list_to_text(expression, separator) -%}
    array_to_string({{ expression }}, '{{ separator }}')
{%- endmacro %}

{% macro spark__list_to_text(expression, separator) -%}
    array_join({{ expression }}, '{{ separator }}')
{%- endmacro %}
