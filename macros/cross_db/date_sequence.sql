{#- Array of the days from first to last, both included. -#}
{% macro date_sequence(first, last) -%}
    {{ return(adapter.dispatch('date_sequence')(first, last)) }}
{%- endmacro %}

{% macro default__date_sequence(first, last) -%}
    {{ raise_unsupported_adapter('date_sequence') }}
{%- endmacro %}

{% macro duckdb__date_sequence(first, last) -%}
    cast(generate_series(cast({{ first }} as timestamp), cast({{ last }} as timestamp), interval 1 day) as date[])
{%- endmacro %}

{% macro spark__date_sequence(first, last) -%}
    sequence(cast({{ first }} as date), cast({{ last }} as date), interval 1 day)
{%- endmacro %}
