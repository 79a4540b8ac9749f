{#- Text without control characters (NUL included) and outer blanks; blank becomes NULL. Written as a case: nullif is
    a macro of DuckDB's that becomes one, and the detour costs a third of planning a column. -#}
{% macro clean_text(expression) -%}
    {%- set text = trimmed_text(expression) -%}
    case when {{ text }} <> '' then {{ text }} end
{%- endmacro %}

{#- The same with blank text as it is. -#}
{% macro trimmed_text(expression) -%}
    trim({{ regex_replace('cast(' ~ expression ~ ' as string)', '[\\x00-\\x1f\\x7f]+', ' ') }})
{%- endmacro %}
