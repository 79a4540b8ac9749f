{#- Lower-case address without blanks; NULL unless it has the form local@domain.tld. -#}
{% macro normalize_email(expression) -%}
    {%- set tidy = "lower(" ~ regex_replace('cast(' ~ expression ~ ' as string)', '[\\x00-\\x20\\x7f]+', '') ~ ")" -%}
    case
        when
            length({{ tidy }}) <= 254
            and {{ regex_matches(tidy, '^[^@,;:<>()]+@[a-z0-9][a-z0-9.-]*[.][a-z]{2,}$') }}
            then {{ tidy }}
    end
{%- endmacro %}
