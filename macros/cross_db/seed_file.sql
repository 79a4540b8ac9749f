{#- A seed as its file has it, before dbt loads it: what a query reads in place of a table. -#}
{% macro seed_file(name) -%}
    {{ return(adapter.dispatch('seed_file')(name)) }}
{%- endmacro %}

{% macro default__seed_file(name) -%}
    {{ raise_unsupported_adapter('seed_file') }}
{%- endmacro %}

{% macro duckdb__seed_file(name) -%}
    {%- set seed = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'seed') | selectattr('name', 'equalto', name) | first -%}
    {%- set types = [] -%}
    {%- for column, type in seed.config.column_types.items() -%}
        {%- do types.append("'" ~ column ~ "': '" ~ type ~ "'") -%}
    {%- endfor -%}
    read_csv(
        '{{ (seed.root_path ~ '/' ~ seed.original_file_path) | replace("'", "''") }}',
        header = true, delim = ',', quote = '"', types = { {{ types | join(', ') }} }
    )
{%- endmacro %}

{#- Spark reads a file of options through a view alone, which would be left behind. -#}
{% macro spark__seed_file(name) -%}
    {{ return(none) }}
{%- endmacro %}
