{#- Every cross-database macro has one body per engine; an engine without a body stops at compile
    time with the list of those that have one. -#}
{% macro raise_unsupported_adapter(macro_name) -%}
    {{ exceptions.raise_compiler_error(
        macro_name ~ ' has no body for adapter ' ~ adapter.type() ~ '. Supported: duckdb, spark.'
    ) }}
{%- endmacro %}
