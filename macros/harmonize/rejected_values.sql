{#- JSON object of the values of a row that its normaliser could not read, as they were given; NULL when there is
    none. They are kept apart with the record, so that somebody can mend them where they come from.
    values: list of (attribute, raw expression, normalised expression). -#}
{% macro rejected_values(values) -%}
    {%- set pairs = [] -%}
    {%- for attribute, raw, normalised in values -%}
        {%- do pairs.append((
            attribute,
            'case when ' ~ normalised ~ ' is null then ' ~ clean_text(raw) ~ ' end',
        )) -%}
    {%- endfor -%}
    {{ json_object(pairs) }}
{%- endmacro %}
