{#- 64-bit number of expressions, fast to make and to compare. Different values may share one, and other engines and
    versions give other numbers: for what is compared within one query and decided by the values themselves. -#}
{% macro short_hash(expressions) -%}
    {{ return(adapter.dispatch('short_hash')(expressions)) }}
{%- endmacro %}

{% macro default__short_hash(expressions) -%}
    {{ raise_unsupported_adapter('short_hash') }}
{%- endmacro %}

{% macro duckdb__short_hash(expressions) -%}
    hash({{ expressions | join(', ') }})
{%- endmacro %}

{% macro spark__short_hash(expressions) -%}
    xxhash64({{ expressions | join(', ') }})
{%- endmacro %}
