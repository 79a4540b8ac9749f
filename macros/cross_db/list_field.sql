{#- Array of one field of each struct in an array of structs; NULL for a NULL array. -#}
{% macro list_field(list_expression, field) -%}
    {{ return(adapter.dispatch('list_field')(list_expression, field)) }}
{%- endmacro %}

{% macro default__list_field(list_expression, field) -%}
    {{ raise_unsupported_adapter('list_field') }}
{%- endmacro %}

{% macro duckdb__list_field(list_expression, field) -%}
    list_transform({{ list_expression }}, lambda element: element.{{ field }})
{%- endmacro %}

{% macro spark__list_field(list_expression, field) -%}
    transform({{ list_expression }}, element -> element.{{ field }})
{%- endmacro %}
