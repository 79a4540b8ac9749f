{#- Aggregate: the reason codes of a group as one comma-separated text, in order of precedence. -#}
{% macro reasons_in_order(precedence, reason_code) -%}
    {%- set numbered = "lpad(cast(" ~ precedence ~ " as string), 3, '0') || ':' || " ~ reason_code -%}
    {{ regex_replace(list_to_text(sorted_distinct_list(numbered), ','), '[0-9]+:', '') }}
{%- endmacro %}
