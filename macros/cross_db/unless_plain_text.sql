{#- The text as it is where it is all printing ASCII without blanks, so that nothing in it can need cleaning, and the
    condition holds; elsewhere what `branches` (of a case) give. On DuckDB to look costs a fifth of a regular expression
    and a trim. -#}
{% macro unless_plain_text(text, condition, branches) -%}
    {{ return(adapter.dispatch('unless_plain_text')(text, condition, branches)) }}
{%- endmacro %}

{% macro default__unless_plain_text(text, condition, branches) -%}
    {{ raise_unsupported_adapter('unless_plain_text') }}
{%- endmacro %}

{#- Bytes are written as they are only where they are printing ASCII, others as codes. -#}
{% macro duckdb__unless_plain_text(text, condition, branches) -%}
    case
        when
            not contains({{ text }}, ' ')
            and cast(encode({{ text }}) as string) = {{ text }}
            and {{ condition }}
            then {{ text }}
        {{ branches }}
    end
{%- endmacro %}

{% macro spark__unless_plain_text(text, condition, branches) -%}
    case {{ branches }} end
{%- endmacro %}
