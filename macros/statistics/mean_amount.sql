{#- Amount in money divided by a count, rounded half up to cents; NULL for a count of 0. Counted in whole
    cents, because engines round a quotient such as 5.005 differently. -#}
{% macro mean_amount(amount, row_count) -%}
    cast(
        floor(
            (cast({{ amount }} * 100 as double) * 2 + {{ row_count }})
            / nullif({{ row_count }} * 2, 0)
        ) / 100 as decimal(18, 2)
    )
{%- endmacro %}
