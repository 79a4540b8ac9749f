{#- As clean_text, for ids: a word for nothing (NULL, N/A, undefined) is none, or all rows with it would be one record. Ids
    differ from row to row and hardly ever need cleaning, so they are looked at first; all words are short. Only for what
    is a record's key, since the SQL is longer, which costs planning. -#}
{% macro clean_id(expression) -%}
    {%- set text = 'cast(' ~ expression ~ ' as string)' -%}
    {{ unless_plain_text(
        text,
        '(length(' ~ text ~ ') > 9 or not ' ~ is_word_for_nothing(text) ~ ')',
        clean_id_of_few(expression),
    ) }}
{%- endmacro %}

{#- The same in short SQL, for where few rows are read. -#}
{% macro clean_id_of_few(expression) -%}
    {%- set trimmed = trimmed_text(expression) -%}
    case when not {{ is_word_for_nothing(trimmed) }} then {{ trimmed }} end
{%- endmacro %}
