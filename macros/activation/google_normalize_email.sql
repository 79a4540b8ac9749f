{#- E-mail as Google hashes it: lower case, no white space anywhere; at gmail.com and
    googlemail.com also without dots and without a +suffix before the @. NULL when it is no
    address. -#}
{% macro google_normalize_email(expression) -%}
    {%- set plain = 'lower(' ~ regex_replace(expression, '\\s', '') ~ ')' -%}
    case
        when not {{ regex_matches(plain, '^[^@]+@[^@]+[.][^@.]+$') }} then null
        when {{ regex_matches(plain, '^[^@]+@(gmail|googlemail)[.]com$') }}
            then
                nullif(
                    {{ regex_replace(
                        regex_replace(regex_extract(plain, '^([^@]+)@', 1), '[+].*$', ''), '[.]', ''
                    ) }},
                    ''
                )
                || {{ regex_extract(plain, '(@.+)$', 1) }}
        else {{ plain }}
    end
{%- endmacro %}
