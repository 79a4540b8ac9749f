{#- Array of an expression over each element of an array, which the expression calls `element`; NULL for a NULL array. -#}
{% macro list_map(list_expression, expression) -%}
    {{ return(adapter.dispatch('list_map')(list_expression, expression)) }}
{%- endmacro %}

{% macro default__list_map(list_expression, expression) -%}
    {{ raise_unsupported_adapter('list_map') }}
{%- endmacro %}

{% macro duckdb__list_map(list_expression, expression) -%}
    list_transform({{ list_expression }}, lambda element: {{ expression }})
{%- endmacro %}

{% macro spark__list_map(list_expression, expression) -%}
    transform({{ list_expression }}, element -> {{ expression }})
{%- endmacro %}
