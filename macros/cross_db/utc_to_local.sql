{#- Local wall-clock time of a UTC timestamp; zone is an SQL expression that gives an IANA name. -#}
{% macro utc_to_local(timestamp_expression, zone) -%}
    {{ return(adapter.dispatch('utc_to_local')(timestamp_expression, zone)) }}
{%- endmacro %}

{% macro default__utc_to_local(timestamp_expression, zone) -%}
    {{ raise_unsupported_adapter('utc_to_local') }}
{%- endmacro %}

{% macro duckdb__utc_to_local(timestamp_expression, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ timestamp_expression }}))
{%- endmacro %}

{% macro spark__utc_to_local(timestamp_expression, zone) -%}
    from_utc_timestamp({{ timestamp_expression }}, {{ zone }})
{%- endmacro %}
