{#- Array of the distinct non-null values of a group, sorted. -#}
{% macro sorted_distinct_list(expression, filter=none) -%}
    {{ return(adapter.dispatch('sorted_distinct_list')(expression, filter)) }}
{%- endmacro %}

{% macro default__sorted_distinct_list(expression, filter=none) -%}
    {{ raise_unsupported_adapter('sorted_distinct_list') }}
{%- endmacro %}

{% macro duckdb__sorted_distinct_list(expression, filter=none) -%}
    list_sort(list_distinct(list({{ expression }}){% if filter %} filter (where {{ filter }}){% endif %}))
{%- endmacro %}

{% macro spark__sorted_distinct_list(expression, filter=none) -%}
    sort_array(collect_set({{ expression }}){% if filter %} filter (where {{ filter }}){% endif %})
{%- endmacro %}
