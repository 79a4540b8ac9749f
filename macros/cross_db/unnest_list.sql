{#- A lateral join clause that gives one row per element of an array column of the tables before it; rows with an empty or NULL array vanish. -#}
{% macro unnest_list(list_expression, alias, column) -%}
    {{ return(adapter.dispatch('unnest_list')(list_expression, alias, column)) }}
{%- endmacro %}

{% macro default__unnest_list(list_expression, alias, column) -%}
    {{ raise_unsupported_adapter('unnest_list') }}
{%- endmacro %}

{% macro duckdb__unnest_list(list_expression, alias, column) -%}
    cross join unnest({{ list_expression }}) as {{ alias }} ({{ column }})
{%- endmacro %}

{% macro spark__unnest_list(list_expression, alias, column) -%}
    lateral view explode({{ list_expression }}) {{ alias }} as {{ column }}
{%- endmacro %}
