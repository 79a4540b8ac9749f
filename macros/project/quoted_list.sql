{#- Words as a list of SQL texts. -#}
{% macro quoted_list(words) -%}
    '{{ words | join("', '") }}'
{%- endmacro %}
