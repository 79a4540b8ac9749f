{#- As clean_text, for texts that differ from row to row and hardly ever need cleaning, as ids do: looked at first. Not
    for every text, since the SQL is longer, which costs planning, and a value that comes often is cleaned once. -#}
{% macro clean_id(expression) -%}
    {{ unless_plain_text('cast(' ~ expression ~ ' as string)', clean_text(expression)) }}
{%- endmacro %}
