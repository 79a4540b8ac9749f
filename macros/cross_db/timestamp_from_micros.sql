{#- UTC timestamp from microseconds since 1970. -#}
{% macro timestamp_from_micros(expression) -%}
    {{ return(adapter.dispatch('timestamp_from_micros')(expression)) }}
{%- endmacro %}

{% macro default__timestamp_from_micros(expression) -%}
    {{ raise_unsupported_adapter('timestamp_from_micros') }}
{%- endmacro %}

{% macro duckdb__timestamp_from_micros(expression) -%}
    make_timestamp({{ expression }})
{%- endmacro %}

{% macro spark__timestamp_from_micros(expression) -%}
    timestamp_micros({{ expression }})
{%- endmacro %}
