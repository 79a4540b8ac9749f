{#- Condition: two given names, as keys (name_key), can be one person's: one begins with the other (Maria,
    Maria Jose), or one is missing. -#}
{% macro same_given_name(key, other_key) -%}
    (
        {{ key }} is null
        or {{ other_key }} is null
        or substr({{ key }}, 1, length({{ other_key }})) = {{ other_key }}
        or substr({{ other_key }}, 1, length({{ key }})) = {{ key }}
    )
{%- endmacro %}
