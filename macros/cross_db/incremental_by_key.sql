{#- Materialisation of a model that keeps one row per key and is fed by landing batch. DuckDB replaces
    the touched keys; Spark without a table format that can delete rebuilds the table. -#}
{% macro incremental_materialization() -%}
    {{ return(adapter.dispatch('incremental_materialization')()) }}
{%- endmacro %}

{% macro default__incremental_materialization() -%}
    {{ raise_unsupported_adapter('incremental_materialization') }}
{%- endmacro %}

{% macro duckdb__incremental_materialization() -%}
    {{ return('incremental') }}
{%- endmacro %}

{% macro spark__incremental_materialization() -%}
    {{ return('table') }}
{%- endmacro %}
