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
