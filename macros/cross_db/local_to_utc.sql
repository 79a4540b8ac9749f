{#- UTC time of a local wall-clock timestamp; zone is an SQL expression that gives an IANA name. A time that comes
    twice when clocks go back is the first of the two (fold=0 in Python); one that is left out when they go forward is
    read with the offset from before. -#}
{% macro local_to_utc(timestamp_expression, zone) -%}
    {{ return(adapter.dispatch('local_to_utc')(timestamp_expression, zone)) }}
{%- endmacro %}

{% macro default__local_to_utc(timestamp_expression, zone) -%}
    {{ raise_unsupported_adapter('local_to_utc') }}
{%- endmacro %}

{% macro duckdb__local_to_utc(timestamp_expression, zone) -%}
    {#- The engine reads a time that comes twice as the second one. The first has the offset of the day before. -#}
    {%- set instant = 'timezone(' ~ zone ~ ', ' ~ timestamp_expression ~ ' - interval 24 hours) + interval 24 hours' -%}
    case
        when timezone({{ zone }}, {{ instant }}) = {{ timestamp_expression }} then timezone('UTC', {{ instant }})
        else timezone('UTC', timezone({{ zone }}, {{ timestamp_expression }}))
    end
{%- endmacro %}

{% macro spark__local_to_utc(timestamp_expression, zone) -%}
    to_utc_timestamp({{ timestamp_expression }}, {{ zone }})
{%- endmacro %}
