{#- Materialisations whose table takes more than one statement: connected components, training, clustering.
    steps(target, sql) runs the statements before the last one and returns the SELECT of the table, or
    nothing when it has changed the existing table in place. Working tables are real ones, named
    <model>__<step>, because Spark has no temporary tables; those that a killed run left behind are dropped
    at the start, all others at the end, but for the state that a model keeps (<model>__state_<what>). -#}
{% macro materialize_steps(steps) -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do drop_working_tables(target_relation) -%}
    {%- set final_select = steps(target_relation, sql) -%}
    {%- if final_select -%}
        {%- do replace_by_select(existing_relation, target_relation, final_select) -%}
    {%- else -%}
        {%- call statement('main') -%}
            select 1 as changed_in_place
        {%- endcall -%}
    {%- endif -%}
    {%- do drop_working_tables(target_relation) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmacro %}

{% macro replace_by_select(existing_relation, target_relation, final_select) -%}
    {{ return(adapter.dispatch('replace_by_select')(existing_relation, target_relation, final_select)) }}
{%- endmacro %}

{% macro default__replace_by_select(existing_relation, target_relation, final_select) -%}
    {{ raise_unsupported_adapter('replace_by_select') }}
{%- endmacro %}

{% macro duckdb__replace_by_select(existing_relation, target_relation, final_select) -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- do run_query('drop table if exists ' ~ intermediate_relation) -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, intermediate_relation, final_select) }}
    {%- endcall -%}
    {%- if existing_relation is not none -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
{%- endmacro %}

{% macro spark__replace_by_select(existing_relation, target_relation, final_select) -%}
    {%- if existing_relation is not none -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, target_relation, final_select) }}
    {%- endcall -%}
{%- endmacro %}

{#- A working table of the model that is being built. -#}
{% macro working_table(target_relation, step) -%}
    {{ return(target_relation.incorporate(
        path={'identifier': target_relation.identifier ~ '__' ~ step}, type='table'
    )) }}
{%- endmacro %}

{% macro create_working_table(relation, select_sql) -%}
    {%- do run_query('create table ' ~ relation ~ working_table_format() ~ ' as ' ~ select_sql) -%}
{%- endmacro %}

{% macro drop_working_table(relation) -%}
    {%- do run_query('drop table if exists ' ~ relation) -%}
{%- endmacro %}

{#- From here on the statements of the node are one transaction, which its materialisation commits: for tables
    that have to change together. -#}
{% macro begin_transaction() -%}
    {%- call statement('begin_transaction') -%}
        select 1 as begun
    {%- endcall -%}
{%- endmacro %}

{#- The first value of a query. -#}
{% macro value_of(query) -%}
    {{ return(run_query(query).rows[0][0]) }}
{%- endmacro %}

{#- Drops the model's working tables, those of a killed run included; what it keeps from run to run stays. -#}
{% macro drop_working_tables(target_relation) -%}
    {%- set prefix = (target_relation.identifier ~ '__') | lower -%}
    {%- for name in table_names_beside(target_relation) -%}
        {%- if (name | lower).startswith(prefix) and not (name | lower).startswith(prefix ~ 'state_') -%}
            {%- do drop_working_table(
                target_relation.incorporate(path={'identifier': name}, type='table')
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{#- Names of the tables in the schema of the relation, read from the engine and not from dbt's cache. -#}
{% macro table_names_beside(relation) -%}
    {{ return(adapter.dispatch('table_names_beside')(relation)) }}
{%- endmacro %}

{% macro default__table_names_beside(relation) -%}
    {{ raise_unsupported_adapter('table_names_beside') }}
{%- endmacro %}

{% macro duckdb__table_names_beside(relation) -%}
    {{ return(run_query(
        "select table_name from duckdb_tables() where database_name = '" ~ relation.database
        ~ "' and schema_name = '" ~ relation.schema ~ "' order by table_name"
    ).columns[0].values()) }}
{%- endmacro %}

{% macro spark__table_names_beside(relation) -%}
    {{ return(run_query('show tables in ' ~ relation.schema).columns[1].values()) }}
{%- endmacro %}

{% macro working_table_format() -%}
    {{ return(adapter.dispatch('working_table_format')()) }}
{%- endmacro %}

{% macro default__working_table_format() -%}
    {{ raise_unsupported_adapter('working_table_format') }}
{%- endmacro %}

{% macro duckdb__working_table_format() -%}
    {{ return('') }}
{%- endmacro %}

{% macro spark__working_table_format() -%}
    {{ return(' using parquet') }}
{%- endmacro %}
