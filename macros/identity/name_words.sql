{#- A name as lower-case words without accents, marks and the small words that come and go in it. -#}
{% macro name_words(expression) -%}
    {%- set letters = regex_replace(
        'lower(' ~ strip_accents("coalesce(" ~ expression ~ ", '')") ~ ')', '[^a-z]+', ' '
    ) -%}
    {%- set words = regex_replace(
        letters, '\\b(de|del|la|las|los|el|y|e|i|da|do|dos|das|di|van|von|der|den|ter|zu)\\b', ' '
    ) -%}
    trim({{ regex_replace(words, ' +', ' ') }})
{%- endmacro %}
