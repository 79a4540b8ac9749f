{#- Full name from its parts, normalised; NULL when there is none. -#}
{% macro person_name(given_expression, family_expression) -%}
    {{ normalize_name(
        "coalesce(" ~ given_expression ~ ", '') || ' ' || coalesce(" ~ family_expression ~ ", '')"
    ) }}
{%- endmacro %}
