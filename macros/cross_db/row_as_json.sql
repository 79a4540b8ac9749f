{#- A whole row, by its table alias, as a JSON string. Absent values are null; times are written as
    2026-06-30 12:00:00, on Spark always with six decimals. -#}
{% macro row_as_json(alias) -%}
    {{ return(adapter.dispatch('row_as_json')(alias)) }}
{%- endmacro %}

{% macro default__row_as_json(alias) -%}
    {{ raise_unsupported_adapter('row_as_json') }}
{%- endmacro %}

{% macro duckdb__row_as_json(alias) -%}
    cast(to_json({{ alias }}) as varchar)
{%- endmacro %}

{% macro spark__row_as_json(alias) -%}
    to_json(
        struct({{ alias }}.*),
        map('ignoreNullFields', 'false', 'timestampFormat', 'yyyy-MM-dd HH:mm:ss.SSSSSS')
    )
{%- endmacro %}
