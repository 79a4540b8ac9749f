{#- A timestamp moved by an integer amount (an expression may be given) of second, minute, hour, day, month or year. -#}
{% macro add_time(timestamp_expression, amount, unit) -%}
    {{ return(adapter.dispatch('add_time')(timestamp_expression, amount, unit)) }}
{%- endmacro %}

{% macro default__add_time(timestamp_expression, amount, unit) -%}
    {{ raise_unsupported_adapter('add_time') }}
{%- endmacro %}

{% macro duckdb__add_time(timestamp_expression, amount, unit) -%}
    ({{ timestamp_expression }} + to_{{ unit }}s(cast({{ amount }} as integer)))
{%- endmacro %}

{% macro spark__add_time(timestamp_expression, amount, unit) -%}
    timestampadd({{ unit }}, {{ amount }}, {{ timestamp_expression }})
{%- endmacro %}
