{#- A text of words separated by single blanks with the first letter of each in upper case, but for the words of a
    list. -#}
{% macro title_words(expression, small_words) -%}
    {{ return(adapter.dispatch('title_words')(expression, small_words)) }}
{%- endmacro %}

{% macro default__title_words(expression, small_words) -%}
    {{ raise_unsupported_adapter('title_words') }}
{%- endmacro %}

{% macro duckdb__title_words(expression, small_words) -%}
    array_to_string(
        list_transform(
            string_split({{ expression }}, ' '),
            lambda word: case
                when word in ('{{ small_words | join("', '") }}') then word
                else upper(substr(word, 1, 1)) || substr(word, 2)
            end
        ),
        ' '
    )
{%- endmacro %}

{% macro spark__title_words(expression, small_words) -%}
    array_join(
        transform(
            split({{ expression }}, ' '),
            word -> case
                when word in ('{{ small_words | join("', '") }}') then word
                else upper(substr(word, 1, 1)) || substr(word, 2)
            end
        ),
        ' '
    )
{%- endmacro %}
