{#- Words behind `with <name> as` for a CTE whose rows are computed again for each use rather than held. DuckDB
    holds what is read more than once: of the import of a table, all columns that any reader needs. -#}
{% macro not_materialized() -%}
    {{ return(adapter.dispatch('not_materialized')()) }}
{%- endmacro %}

{% macro default__not_materialized() -%}
    {{ raise_unsupported_adapter('not_materialized') }}
{%- endmacro %}

{% macro duckdb__not_materialized() -%}
    {{ return('not materialized') }}
{%- endmacro %}

{#- Spark holds no CTE. -#}
{% macro spark__not_materialized() -%}
    {{ return('') }}
{%- endmacro %}
