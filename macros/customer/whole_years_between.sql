{#- Birthdays passed between a date and a later timestamp. -#}
{% macro whole_years_between(date_expression, timestamp_expression) -%}
    {%- set years = "(extract(year from " ~ timestamp_expression ~ ") - extract(year from " ~ date_expression ~ "))" -%}
    cast(
        {{ years }} - case
            when
                {{ add_time('cast(' ~ date_expression ~ ' as timestamp)', years, 'year') }}
                > {{ timestamp_expression }}
                then 1
            else 0
        end as bigint
    )
{%- endmacro %}
