{#- The levels of a pair as one number: a decimal digit per attribute of the var matching_attributes. -#}
{% macro pattern_key() -%}
    cast(
        {%- for attribute in var('matching_attributes') %}
        {{ attribute }} * {{ 10 ** loop.index0 }}{{ ' +' if not loop.last }}
        {%- endfor %} as bigint
    )
{%- endmacro %}
