{#- First element of an array, NULL when it is empty or NULL. -#}
{% macro list_first(list_expression) -%}
    {{ return(adapter.dispatch('list_first')(list_expression)) }}
{%- endmacro %}

{% macro default__list_first(list_expression) -%}
    {{ raise_unsupported_adapter('list_first') }}
{%- endmacro %}

{% macro duckdb__list_first(list_expression) -%}
    ({{ list_expression }})[1]
{%- endmacro %}

{#- get() and not [0]: under ANSI rules an index beyond the end is an error. -#}
{% macro spark__list_first(list_expression) -%}
    get({{ list_expression }}, 0)
{%- endmacro %}
