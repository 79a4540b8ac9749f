{#- The landed tables of the enabled sources and the staging model that passes every row of each:
    list of {source_name, source_table, table, landed, primary, entity}; entity is set where the harmonised entity
    takes its rows from that model itself, else none.
    relation_of, source_of: the calling model's own `ref` and `source`.
    Stops with an error when the registry (var primary_models) and the models' own meta do not agree: a landed
    table without a primary model would be a table whose rows nobody counts. -#}
{% macro accounted_tables(relation_of, source_of) -%}
    {%- set tables = [] -%}
    {%- for source_name, models in var('primary_models').items() -%}
        {%- for table, primary in models.items() -%}
            {%- set entities = [] -%}
            {%- for entity, members in var('source_entities').get(source_name, {}).items() -%}
                {%- if primary in members -%}
                    {%- do entities.append(entity) -%}
                {%- endif -%}
            {%- endfor -%}
            {%- set entry = {
                'source_name': source_name,
                'source_table': source_name ~ '.' ~ table,
                'landed': source_of(source_name, table),
                'primary': relation_of(primary),
                'primary_name': primary,
                'entity': entities[0] if entities else none,
            } -%}
            {%- if var(source_name ~ '_enabled', true) -%}
                {%- do tables.append(entry) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if execute -%}
        {%- do check_primary_models() -%}
    {%- endif -%}
    {{ return(tables) }}
{%- endmacro %}

{% macro check_primary_models() -%}
    {%- set registered = {} -%}
    {%- for source_name, models in var('primary_models').items() -%}
        {%- for table, primary in models.items() -%}
            {%- do registered.update({source_name ~ '.' ~ table: primary}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set problems = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.meta.get('primary') -%}
        {%- if registered.get(node.config.meta.source_table) != node.name -%}
            {%- do problems.append(
                node.name ~ ' is primary for ' ~ node.config.meta.source_table
                ~ ', but primary_models names ' ~ registered.get(node.config.meta.source_table)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for node in graph.sources.values() if node.source_name in var('primary_models') -%}
        {%- if node.source_name ~ '.' ~ node.name not in registered -%}
            {%- do problems.append(node.source_name ~ '.' ~ node.name ~ ' has no primary model') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error(problems | join('; ') ~ '. Mend var primary_models in dbt_project.yml.') }}
    {%- endif -%}
{%- endmacro %}
