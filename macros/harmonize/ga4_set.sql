{#- GA4 text without the placeholders that the export writes for "none". One condition for all: engines write a nullif
    out as a case that holds its text twice, so that nested ones double the SQL, and the work, each time. -#}
{% macro ga4_set(expression) -%}
    {%- set text = trimmed_text(expression) -%}
    case
        when {{ text }} not in ('', '(not set)', '(none)', '(direct)', '(data deleted)') then {{ text }}
    end
{%- endmacro %}
