{#- A number that changes when a value of the row does, to be summed over rows; good within one version of the
    engine. -#}
{% macro row_digest(columns) -%}
    {{ return(adapter.dispatch('row_digest')(columns)) }}
{%- endmacro %}

{% macro default__row_digest(columns) -%}
    {{ raise_unsupported_adapter('row_digest') }}
{%- endmacro %}

{% macro duckdb__row_digest(columns) -%}
    cast(hash({{ columns | join(', ') }}) as hugeint)
{%- endmacro %}

{% macro spark__row_digest(columns) -%}
    cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}

{#- Whether a table can be changed in place (rows updated and deleted). -#}
{% macro changes_in_place() -%}
    {{ return(adapter.dispatch('changes_in_place')()) }}
{%- endmacro %}

{% macro default__changes_in_place() -%}
    {{ raise_unsupported_adapter('changes_in_place') }}
{%- endmacro %}

{% macro duckdb__changes_in_place() -%}
    {{ return(true) }}
{%- endmacro %}

{% macro spark__changes_in_place() -%}
    {{ return(false) }}
{%- endmacro %}
