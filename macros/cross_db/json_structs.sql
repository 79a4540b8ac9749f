{#- Array of structs from a JSON array of objects; NULL for text that is not JSON. fields: names of the keys that
    are read, each as text. -#}
{% macro json_structs(expression, fields) -%}
    {{ return(adapter.dispatch('json_structs')(expression, fields)) }}
{%- endmacro %}

{% macro default__json_structs(expression, fields) -%}
    {{ raise_unsupported_adapter('json_structs') }}
{%- endmacro %}

{% macro duckdb__json_structs(expression, fields) -%}
    {%- set types = [] -%}
    {%- for field in fields -%}
        {%- do types.append('"' ~ field ~ '":"VARCHAR"') -%}
    {%- endfor -%}
    case
        when json_valid({{ expression }}) then from_json({{ expression }}, '[{ {{- types | join(',') -}} }]')
    end
{%- endmacro %}

{% macro spark__json_structs(expression, fields) -%}
    from_json({{ expression }}, 'array<struct<{{ fields | join(': string, ') }}: string>>')
{%- endmacro %}
