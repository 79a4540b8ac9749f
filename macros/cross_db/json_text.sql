{#- Text of a top-level key of a JSON string, NULL when absent and for text that is not JSON. -#}
{% macro json_text(expression, key) -%}
    {{ json_path_text(expression, '.' ~ key) }}
{%- endmacro %}

{#- Text at a path of a JSON string, such as [0].id, NULL when absent and for text that is not JSON. -#}
{% macro json_path_text(expression, path) -%}
    {{ return(adapter.dispatch('json_path_text')(expression, path)) }}
{%- endmacro %}

{% macro default__json_path_text(expression, path) -%}
    {{ raise_unsupported_adapter('json_path_text') }}
{%- endmacro %}

{% macro duckdb__json_path_text(expression, path) -%}
    case when json_valid({{ expression }}) then json_extract_string({{ expression }}, '${{ path }}') end
{%- endmacro %}

{% macro spark__json_path_text(expression, path) -%}
    get_json_object({{ expression }}, '${{ path }}')
{%- endmacro %}
