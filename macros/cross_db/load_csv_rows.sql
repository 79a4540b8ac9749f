{#- Rows of a seed into its table, read from the file by Spark itself. What dbt hands over has lost the
    difference between the text null and an empty cell, and dbt-spark would write each value into the
    statement unquoted. DuckDB reads the file itself, too. -#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set seed_file = model.alias ~ '__file' -%}
    {%- set column_types = model.config.get('column_types', {}) -%}
    {%- do run_query(
        'create or replace temporary view ' ~ seed_file ~ ' using csv options (path "'
        ~ model.root_path ~ '/' ~ model.original_file_path
        ~ '", header "true", multiLine "true", quote "\\"", escape "\\"")'
    ) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append(
            'cast(' ~ name ~ ' as ' ~ column_types.get(name, adapter.convert_type(agate_table, loop.index0)) ~ ')'
        ) -%}
    {%- endfor -%}
    {%- set insert = 'insert into ' ~ this ~ ' select ' ~ columns | join(', ') ~ ' from ' ~ seed_file -%}
    {%- do run_query(insert) -%}
    {{ return(insert) }}
{%- endmacro %}
