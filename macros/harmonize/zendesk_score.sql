{#- 1 for a good rating, 0 for a bad one, with or without a comment; NULL where none was given. -#}
{% macro zendesk_score(expression) -%}
    case
        when {{ regex_matches('lower(' ~ expression ~ ')', '^good') }} then cast(1 as double)
        when {{ regex_matches('lower(' ~ expression ~ ')', '^bad') }} then cast(0 as double)
    end
{%- endmacro %}
