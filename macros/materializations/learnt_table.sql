{#- Materialisation learnt_table: a table of what matching learnt from all records. It stays as it is where the
    var matching_learns says so, and is the model's SQL otherwise. -#}
{% materialization learnt_table, adapter='duckdb', supported_languages=['sql'] %}
    {{ return(materialize_steps(learnt_table_sql)) }}
{% endmaterialization %}

{% materialization learnt_table, adapter='spark', supported_languages=['sql'] %}
    {{ return(materialize_steps(learnt_table_sql)) }}
{% endmaterialization %}

{% macro learnt_table_sql(target_relation, learnt_sql) -%}
    {{ return(none if stays_as_learnt(target_relation) else learnt_sql) }}
{%- endmacro %}

{#- Whether what was learnt in an earlier build holds in this one; what was never learnt is learnt in any case. -#}
{% macro stays_as_learnt(target_relation) -%}
    {{ return(
        not var('matching_learns') and target_relation.identifier in table_names_beside(target_relation)
    ) }}
{%- endmacro %}
