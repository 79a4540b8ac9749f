{#- granted or withdrawn from what GA4 says a browser or app may store; NULL where it says neither yes nor no. -#}
{% macro ga4_consent(expression) -%}
    {{ map_values(clean_text(expression), {'yes': 'granted', 'no': 'withdrawn'}) }}
{%- endmacro %}
