{#- UTC time of a local wall-clock timestamp; zone is an SQL expression that gives an IANA name. -#}
{% macro local_to_utc(timestamp_expression, zone) -%}
    {{ return(adapter.dispatch('local_to_utc')(timestamp_expression, zone)) }}
{%- endmacro %}

{% macro default__local_to_utc(timestamp_expression, zone) -%}
    {{ raise_unsupported_adapter('local_to_utc') }}
{%- endmacro %}

{% macro duckdb__local_to_utc(timestamp_expression, zone) -%}
    timezone('UTC', timezone({{ zone }}, {{ timestamp_expression }}))
{%- endmacro %}

{% macro spark__local_to_utc(timestamp_expression, zone) -%}
    to_utc_timestamp({{ timestamp_expression }}, {{ zone }})
{%- endmacro %}
