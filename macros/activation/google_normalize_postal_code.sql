{#- Postcode as Google takes it, in clear: letters, digits, inner spaces and hyphens; nothing else
    may reach a file that somebody opens in a spreadsheet. NULL when anything else is in it. -#}
{% macro google_normalize_postal_code(expression) -%}
    case
        when {{ regex_matches('upper(trim(' ~ expression ~ '))', '^[A-Z0-9][A-Z0-9 -]{1,9}$') }}
            then upper(trim({{ expression }}))
    end
{%- endmacro %}
