{#- Fifth of the rows, 1 to 5, in which a rank() falls: how many fifths of the rows rank strictly before
    it, plus one. Rows with equal values share a rank and so a fifth. -#}
{% macro fifth(rank, row_count) -%}
    cast(floor(cast(({{ rank }} - 1) * 5 as double) / {{ row_count }}) + 1 as bigint)
{%- endmacro %}
