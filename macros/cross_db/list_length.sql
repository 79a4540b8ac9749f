{#- Number of elements of an array as a bigint; 0 for a NULL array. -#}
{% macro list_length(list_expression) -%}
    {{ return(adapter.dispatch('list_length')(list_expression)) }}
{%- endmacro %}

{% macro default__list_length(list_expression) -%}
    {{ raise_unsupported_adapter('list_length') }}
{%- endmacro %}

{% macro duckdb__list_length(list_expression) -%}
    coalesce(cast(len({{ list_expression }}) as bigint), 0)
{%- endmacro %}

{% macro spark__list_length(list_expression) -%}
    coalesce(cast(cardinality({{ list_expression }}) as bigint), 0)
{%- endmacro %}
