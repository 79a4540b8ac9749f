{#- Value of one key of a GA4 event_params array, NULL when the key is absent; the first one counts where a
    key comes twice.
    kind: string (text, or the integer as text), integer, or number (double). GA4 sends one key now as text,
    now as an integer (session_engaged), hence the fall-backs. -#}
{% macro ga4_param(params, key, kind='string') -%}
    {%- set value = ga4_param_value(params, key) -%}
    {%- if kind == 'string' -%}
    coalesce({{ value }}.string_value, cast({{ value }}.int_value as string))
    {%- elif kind == 'integer' -%}
    {{ value }}.int_value
    {%- elif kind == 'number' -%}
    coalesce(
        {{ value }}.double_value, {{ value }}.float_value, cast({{ value }}.int_value as double)
    )
    {%- else -%}
    {{ exceptions.raise_compiler_error("ga4_param: kind is '" ~ kind ~ "'. Give string, integer or number.") }}
    {%- endif -%}
{%- endmacro %}

{#- The value struct of a key. -#}
{% macro ga4_param_value(params, key) -%}
    {{ return(adapter.dispatch('ga4_param_value')(params, key)) }}
{%- endmacro %}

{% macro default__ga4_param_value(params, key) -%}
    {{ raise_unsupported_adapter('ga4_param_value') }}
{%- endmacro %}

{% macro duckdb__ga4_param_value(params, key) -%}
    (list_filter({{ params }}, lambda parameter: parameter.key = '{{ key }}'))[1].value
{%- endmacro %}

{% macro spark__ga4_param_value(params, key) -%}
    get(filter({{ params }}, parameter -> parameter.key = '{{ key }}'), 0).value
{%- endmacro %}
