{#- A source's word in the shared vocabulary. mapping: word of the source (lower case) -> shared word;
    otherwise: SQL for words that are not listed (default: NULL). -#}
{% macro map_values(expression, mapping, otherwise='null') -%}
    case lower({{ expression }})
        {%- for word, shared in mapping.items() %}
        when '{{ word }}' then '{{ shared }}'
        {%- endfor %}
        else {{ otherwise }}
    end
{%- endmacro %}

{#- A name in lower case with single underscores between its words: 'Product Viewed' -> product_viewed. -#}
{% macro snake_case(expression) -%}
    nullif(
        trim(both '_' from {{ regex_replace('lower(' ~ expression ~ ')', '[^a-z0-9]+', '_') }}), ''
    )
{%- endmacro %}
