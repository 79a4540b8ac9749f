{#- JSON object as text. pairs: list of (key, SQL text expression); absent values leave no key, and an object
    without any is NULL. Control characters must be gone (clean_text). chr(92) is the backslash: its literal
    is written differently on each engine. -#}
{% macro json_object(pairs) -%}
    nullif(
        '{' || substr(
            {%- for key, expression in pairs %}
            coalesce(
                ',"{{ key }}":"' || replace(
                    replace({{ expression }}, chr(92), chr(92) || chr(92)), '"', chr(92) || '"'
                ) || '"',
                ''
            ){{ ' ||' if not loop.last else ',' }}
            {%- endfor %}
            2
        ) || '}',
        '{}'
    )
{%- endmacro %}
