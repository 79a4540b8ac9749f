{#- Condition: trimmed text is blank or what people and tools write for nothing. -#}
{% macro is_word_for_nothing(text) -%}
    {%- set words = ['', 'null', '(null)', 'n/a', '#n/a', 'na', 'nan', 'none', 'nil', 'undefined', '-', '--', '?'] -%}
    {#- chr(92) is the backslash of \N -#}
    lower({{ text }}) in ({{ quoted_list(words) }}, chr(92) || 'n')
{%- endmacro %}
