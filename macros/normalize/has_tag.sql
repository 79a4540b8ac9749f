{#- Whether a comma-separated list of tags holds one of the given tags (lower case), whatever its case. -#}
{% macro has_tag(expression, tags) -%}
    coalesce(
        {{ regex_matches('lower(cast(' ~ expression ~ ' as string))', '(^|,) *(' ~ tags | join('|') ~ ') *(,|$)') }},
        false
    )
{%- endmacro %}
