{#- A postal address as a contact point. A letter goes to a person at an address: one text for both, whatever
    their spelling, so that the people of a house are as many contact points. NULL without a street. -#}
{% macro address_point(first_name_key, relation) -%}
    coalesce({{ first_name_key }}, '')
    || ', ' || {{ address_key(relation ~ '.address_line') }}
    || coalesce(', ' || lower({{ relation }}.postal_code), '')
    || coalesce(', ' || lower({{ strip_accents(relation ~ '.city') }}), '')
    || coalesce(', ' || lower({{ relation }}.country_code), '')
{%- endmacro %}
