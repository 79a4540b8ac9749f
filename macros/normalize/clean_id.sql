{#- As clean_text, for ids: a word for nothing (NULL, N/A, undefined) is none, or all rows with it would be one record. Ids
    differ from row to row and hardly ever need cleaning, so they are looked at first; all words are short. Only for what
    is a record's key, since the SQL is longer, which costs planning. -#}
{% macro clean_id(expression) -%}
    {%- set text = trimmed_text(expression) -%}
    {%- set words = ['', 'null', '(null)', 'n/a', '#n/a', 'na', 'nan', 'none', 'nil', 'undefined', '-', '--', '?'] -%}
    {#- chr(92) is the backslash of \N -#}
    {%- set is_word = 'lower(' ~ text ~ ') in (' ~ quoted_list(words) ~ ", chr(92) || 'n')" -%}
    {{ unless_plain_text(
        'cast(' ~ expression ~ ' as string)', 'when not ' ~ is_word ~ ' then ' ~ text, longer_than=9
    ) }}
{%- endmacro %}
