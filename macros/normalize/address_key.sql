{#- A street line under which its spellings are equal: lower case, no accents and marks, the kind of street in full,
    no word for "number". C/ Mayor, nº 12 - 3º B and Calle Mayor 12 3 B are one. -#}
{% macro address_key(expression) -%}
    {%- set text = "lower(" ~ strip_accents(expression) ~ ")" -%}
    {%- set text = "trim(" ~ regex_replace(regex_replace(text, '[ºª°]', ''), '[^\\p{L}0-9]+', ' ') ~ ")" -%}
    {%- set text = regex_replace(text, '^(?:c|cl|cll|calle) ', 'calle ') -%}
    {%- set text = regex_replace(text, '^(?:av|avd|avda|avenida|avinguda) ', 'avenida ') -%}
    {%- set text = regex_replace(text, '^(?:pl|plz|pza|plza|plaza|placa) ', 'plaza ') -%}
    {%- set text = regex_replace(text, '^(?:p|ps|pso|paseo|passeig|pg) ', 'paseo ') -%}
    {%- set text = regex_replace(text, ' (?:n|no|num|numero|number) ([0-9])', ' \\1') -%}
    {{ regex_replace(text, '([0-9])(?:o|a) ', '\\1 ') }}
{%- endmacro %}
