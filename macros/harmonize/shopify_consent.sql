{#- granted or withdrawn from the state of a Shopify marketing consent; NULL for the states in which nobody has
    said anything (not_subscribed, pending, invalid). -#}
{% macro shopify_consent(expression) -%}
    {{ map_values(clean_text(expression), {
        'subscribed': 'granted',
        'unsubscribed': 'withdrawn',
        'redacted': 'withdrawn',
    }) }}
{%- endmacro %}
