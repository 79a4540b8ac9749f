{#- The text as it is where it is all printing ASCII without blanks, so that nothing in it can need cleaning, and has more
    letters than longer_than; elsewhere what `branches` (of a case) give. On DuckDB to look costs a fifth of a regular
    expression and a trim. -#}
{% macro unless_plain_text(text, branches, longer_than) -%}
    {{ return(adapter.dispatch('unless_plain_text')(text, branches, longer_than)) }}
{%- endmacro %}

{% macro default__unless_plain_text(text, branches, longer_than) -%}
    {{ raise_unsupported_adapter('unless_plain_text') }}
{%- endmacro %}

{#- Bytes are written as they are only where they are printing ASCII, others as codes. -#}
{% macro duckdb__unless_plain_text(text, branches, longer_than) -%}
    case
        when
            length({{ text }}) > {{ longer_than }}
            and not contains({{ text }}, ' ')
            and cast(encode({{ text }}) as string) = {{ text }}
            then {{ text }}
        {{ branches }}
    end
{%- endmacro %}

{% macro spark__unless_plain_text(text, branches, longer_than) -%}
    case {{ branches }} end
{%- endmacro %}
