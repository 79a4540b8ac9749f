{#- Array of the whole numbers from first to last, both included; last is no less than first. -#}
{% macro number_sequence(first, last) -%}
    {{ return(adapter.dispatch('number_sequence')(first, last)) }}
{%- endmacro %}

{% macro default__number_sequence(first, last) -%}
    {{ raise_unsupported_adapter('number_sequence') }}
{%- endmacro %}

{% macro duckdb__number_sequence(first, last) -%}
    generate_series({{ first }}, {{ last }})
{%- endmacro %}

{% macro spark__number_sequence(first, last) -%}
    sequence({{ first }}, {{ last }})
{%- endmacro %}
