{#- The text as it is where it is all printing ASCII without blanks, so that nothing in it can need cleaning, and the
    condition holds; `cleaned` elsewhere. On DuckDB to look costs a fifth of a regular expression and a trim. -#}
{% macro unless_plain_text(text, condition, cleaned) -%}
    {{ return(adapter.dispatch('unless_plain_text')(text, condition, cleaned)) }}
{%- endmacro %}

{% macro default__unless_plain_text(text, condition, cleaned) -%}
    {{ raise_unsupported_adapter('unless_plain_text') }}
{%- endmacro %}

{#- Bytes are written as they are only where they are printing ASCII, others as codes. -#}
{% macro duckdb__unless_plain_text(text, condition, cleaned) -%}
    case
        when
            not contains({{ text }}, ' ')
            and cast(encode({{ text }}) as string) = {{ text }}
            and {{ condition }}
            then {{ text }}
        else {{ cleaned }}
    end
{%- endmacro %}

{% macro spark__unless_plain_text(text, condition, cleaned) -%}
    {{ cleaned }}
{%- endmacro %}
