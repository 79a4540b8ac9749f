{#- An SQL expression that ends the query with a message. -#}
{% macro fail_with(message_expression) -%}
    {{ return(adapter.dispatch('fail_with')(message_expression)) }}
{%- endmacro %}

{% macro default__fail_with(message_expression) -%}
    {{ raise_unsupported_adapter('fail_with') }}
{%- endmacro %}

{% macro duckdb__fail_with(message_expression) -%}
    error({{ message_expression }})
{%- endmacro %}

{% macro spark__fail_with(message_expression) -%}
    raise_error({{ message_expression }})
{%- endmacro %}

{#- Whether a text column is a regular expression that the engine takes. Spark has no way to try: there the
    first use of a bad one ends the query with Spark's own message. -#}
{% macro is_regex(expression) -%}
    {{ return(adapter.dispatch('is_regex')(expression)) }}
{%- endmacro %}

{% macro default__is_regex(expression) -%}
    {{ raise_unsupported_adapter('is_regex') }}
{%- endmacro %}

{% macro duckdb__is_regex(expression) -%}
    (try(regexp_matches('', {{ expression }})) is not null)
{%- endmacro %}

{% macro spark__is_regex(expression) -%}
    ({{ expression }} is not null)
{%- endmacro %}
