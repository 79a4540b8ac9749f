{#- Postal code in upper case without blanks and hyphens, NULL when it has no digit, is all zeros or longer than
    ten characters.
    country_expression: SQL for the ISO alpha-2 country; where the country uses five digits, a code of four gets
    back the leading zero that spreadsheets drop. -#}
{% macro normalize_postal_code(expression, country_expression=none) -%}
    {%- set tidy = regex_replace('upper(cast(' ~ expression ~ ' as string))', '[^0-9A-Z]+', '') -%}
    case
        when
            length({{ tidy }}) not between 3 and 10
            or not {{ regex_matches(tidy, '[1-9]') }}
            then null
        {%- if country_expression is not none %}
        when
            upper({{ country_expression }}) in ('ES', 'FR', 'DE', 'IT', 'US', 'MX', 'FI', 'MA')
            and {{ regex_matches(tidy, '^[0-9]{4}$') }}
            then '0' || {{ tidy }}
        {%- endif %}
        else {{ tidy }}
    end
{%- endmacro %}
