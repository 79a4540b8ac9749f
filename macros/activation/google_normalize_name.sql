{#- Name as Google hashes it: trimmed, lower case, without a title before it or a suffix behind
    it. -#}
{% macro google_normalize_name(expression) -%}
    {%- set plain = 'lower(trim(' ~ regex_replace(expression, '\\s+', ' ') ~ '))' -%}
    nullif(
        trim({{ regex_replace(
            regex_replace(plain, '^(mr|mrs|ms|dr|sr|sra|srta|dra|d[.]|don|doña)[.]? ', ''),
            '[, ]+(jr|sr|dds|phd|md|ii|iii)[.]?$',
            ''
        ) }}),
        ''
    )
{%- endmacro %}
