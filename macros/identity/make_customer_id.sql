{#- A customer id: a digest of a text, keyed with the secret of the installation, so that it says nothing of the text.
    A relation `instance` with customer_id_key has to be in scope. -#}
{% macro make_customer_id(text) -%}
    'c' || left({{ sha256_hex("instance.customer_id_key || '|' || " ~ text) }}, 31)
{%- endmacro %}
