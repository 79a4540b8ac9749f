{#- Person record behind a Salesforce record id, which says by its first three characters whether it is a lead
    (00Q): the id itself for contacts, with the prefix lead- for leads. -#}
{% macro salesforce_person(expression) -%}
    case
        when substr({{ clean_text(expression) }}, 1, 3) = '00Q'
            then 'lead-' || {{ clean_text(expression) }}
        else {{ clean_text(expression) }}
    end
{%- endmacro %}
