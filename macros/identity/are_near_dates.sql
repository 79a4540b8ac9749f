{#- Whether two dates may be one with a slip of the pen: equal, one part wrong, or day and month swapped. -#}
{% macro are_near_dates(one, other) -%}
    (
        (
            year({{ one }}) = year({{ other }})
            and month({{ one }}) = day({{ other }})
            and day({{ one }}) = month({{ other }})
        )
        or case when year({{ one }}) = year({{ other }}) then 1 else 0 end
        + case when month({{ one }}) = month({{ other }}) then 1 else 0 end
        + case when day({{ one }}) = day({{ other }}) then 1 else 0 end
        >= 2
    )
{%- endmacro %}
