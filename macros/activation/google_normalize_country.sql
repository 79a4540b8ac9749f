{#- Country as Google takes it, in clear: ISO 3166 alpha-2 in upper case, else NULL. -#}
{% macro google_normalize_country(expression) -%}
    case
        when {{ regex_matches('upper(trim(' ~ expression ~ '))', '^[A-Z]{2}$') }}
            then upper(trim({{ expression }}))
    end
{%- endmacro %}
