{#- Post-hook of int_identity__blocked_values: adds the values that match a regular expression of the seed.
    A pattern that is a literal is compiled once; one that comes from a column is compiled for every row,
    a thousand times slower. The seed is read when the model runs, never when it is compiled. -#}
{% macro insert_regex_blocked_values(blocked, patterns, identifier_values) -%}
    {%- if execute -%}
        {%- for row in run_query(
            "select identifier_type, pattern from " ~ patterns
            ~ " where match_kind = 'regex' order by identifier_type, pattern"
        ).rows -%}
            {%- do run_query(insert_regex_matches_sql(blocked, identifier_values, row[0], row[1])) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro insert_regex_matches_sql(blocked, identifier_values, identifier_type, pattern) %}
    insert into {{ blocked }}
    select
        identifier_values.identifier_type,
        identifier_values.identifier_value,
        '{{ pattern }}' as pattern
    from {{ identifier_values }} as identifier_values
    left join {{ blocked }} as blocked
        on
            identifier_values.identifier_type = blocked.identifier_type
            and identifier_values.identifier_value = blocked.identifier_value
    where
        blocked.identifier_value is null
        {%- if identifier_type != 'any' %}
        and identifier_values.identifier_type = '{{ identifier_type }}'
        {%- endif %}
        and {{ regex_matches('identifier_values.match_value', pattern) }}
{% endmacro %}
