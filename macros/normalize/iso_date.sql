{#- Date from text that begins with one in ISO form (1985-04-23, 1985-04-23T00:00:00Z); NULL for anything else. -#}
{% macro iso_date(expression) -%}
    case
        when {{ regex_matches('trim(cast(' ~ expression ~ ' as string))', '^[0-9]{4}-[0-9]{2}-[0-9]{2}') }}
            then try_cast(substr(trim(cast({{ expression }} as string)), 1, 10) as date)
    end
{%- endmacro %}
