{#- What the source file says of a landed table, as source.table; none while dbt parses, and where there is no such table. -#}
{% macro source_table_node(source_table) -%}
    {{ return(graph.get('sources', {}).get('source.' ~ project_name ~ '.' ~ source_table)) }}
{%- endmacro %}
