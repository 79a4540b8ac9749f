{#- Phone as Google hashes it: E.164 with the plus sign. The number must name its country. NULL
    when the digits cannot be such a number. -#}
{% macro google_normalize_phone(expression) -%}
    {%- set digits = regex_replace(regex_replace(expression, '[^0-9]', ''), '^00', '') -%}
    case
        when {{ regex_matches(digits, '^[1-9][0-9]{6,14}$') }} then '+' || {{ digits }}
    end
{%- endmacro %}
