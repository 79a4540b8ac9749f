{#- A name as lower-case words without accents, marks and the small words that come and go in it. Letters of
    every script are kept. -#}
{% macro name_words(expression) -%}
    {%- set letters = regex_replace(
        'lower(' ~ strip_accents("coalesce(" ~ expression ~ ", '')") ~ ')', '[^\\p{L}]+', ' '
    ) -%}
    {%- set words = regex_replace(
        letters,
        '\\b(de|del|della|dell|la|las|los|el|al|y|e|i|o|da|do|dos|das|di|du|des|le|van|von|der|den|ter|zu|mac|mc)\\b',
        ' '
    ) -%}
    trim({{ regex_replace(words, ' +', ' ') }})
{%- endmacro %}

{#- Words of an address or a city that come and go left out: kinds of street, marks of a number. -#}
{% macro address_words(expression) -%}
    {%- set letters = regex_replace(
        'lower(' ~ strip_accents("coalesce(" ~ expression ~ ", '')") ~ ')', '[^\\p{L}0-9]+', ' '
    ) -%}
    {%- set words = regex_replace(
        letters,
        '\\b(calle|c|cl|avenida|avinguda|avda|av|avd|plaza|placa|pza|plz|pl|paseo|passeig|po|ps|pg|carretera|ctra|camino'
        ~ '|cno|ronda|rda|travesia|trva|carrer|rua|via|viale|rue|street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct'
        ~ '|place|strasse|str|numero|num|nr|no|n|de|del|la|las|los|el)\\b',
        ' '
    ) -%}
    trim({{ regex_replace(words, ' +', ' ') }})
{%- endmacro %}
