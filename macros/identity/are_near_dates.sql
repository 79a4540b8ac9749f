{#- Whether two dates may be one with a slip of the pen: equal, one part wrong, or day and month swapped. -#}
{% macro are_near_dates(one, other) -%}
    (
        (
            year({{ one }}) = year({{ other }})
            and (
                month({{ one }}) = month({{ other }})
                or day({{ one }}) = day({{ other }})
                or (month({{ one }}) = day({{ other }}) and day({{ one }}) = month({{ other }}))
            )
        )
        or (day({{ one }}) = day({{ other }}) and month({{ one }}) = month({{ other }}))
    )
{%- endmacro %}
