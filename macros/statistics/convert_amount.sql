{#- Amount in money times a currency rate, rounded half up to cents. Both are exact decimals, so every
    engine gives the same cent. -#}
{% macro convert_amount(amount, rate) -%}
    cast(
        round(cast({{ amount }} as decimal(18, 2)) * cast({{ rate }} as decimal(12, 6)), 2)
        as decimal(18, 2)
    )
{%- endmacro %}
