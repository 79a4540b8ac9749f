{#- The given group of the first match, an empty string without one. -#}
{% macro regex_extract(expression, pattern, group=1) -%}
    {{ return(adapter.dispatch('regex_extract')(expression, pattern, group)) }}
{%- endmacro %}

{% macro default__regex_extract(expression, pattern, group=1) -%}
    {{ raise_unsupported_adapter('regex_extract') }}
{%- endmacro %}

{% macro duckdb__regex_extract(expression, pattern, group=1) -%}
    regexp_extract({{ expression }}, '{{ pattern }}', {{ group }})
{%- endmacro %}

{% macro spark__regex_extract(expression, pattern, group=1) -%}
    regexp_extract({{ expression }}, r'{{ pattern }}', {{ group }})
{%- endmacro %}
