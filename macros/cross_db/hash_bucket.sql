{#- Stable bucket number from 0 to buckets - 1 of a string; the same on every engine and version. -#}
{% macro hash_bucket(expression, buckets) -%}
    {{ return(adapter.dispatch('hash_bucket')(expression, buckets)) }}
{%- endmacro %}

{% macro default__hash_bucket(expression, buckets) -%}
    {{ raise_unsupported_adapter('hash_bucket') }}
{%- endmacro %}

{% macro duckdb__hash_bucket(expression, buckets) -%}
    (cast(('0x' || left(sha256({{ expression }}), 8)) as bigint) % {{ buckets }})
{%- endmacro %}

{% macro spark__hash_bucket(expression, buckets) -%}
    (cast(conv(left(sha2({{ expression }}, 256), 8), 16, 10) as bigint) % {{ buckets }})
{%- endmacro %}

{#- The number that a hexadecimal string of at most 15 digits stands for. -#}
{% macro hex_to_number(expression) -%}
    {{ return(adapter.dispatch('hex_to_number')(expression)) }}
{%- endmacro %}

{% macro default__hex_to_number(expression) -%}
    {{ raise_unsupported_adapter('hex_to_number') }}
{%- endmacro %}

{% macro duckdb__hex_to_number(expression) -%}
    cast('0x' || {{ expression }} as bigint)
{%- endmacro %}

{% macro spark__hex_to_number(expression) -%}
    cast(conv({{ expression }}, 16, 10) as bigint)
{%- endmacro %}
