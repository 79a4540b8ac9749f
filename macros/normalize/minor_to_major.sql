{#- Amount in major units from an integer in a currency's smallest unit, as payment providers count: cents for most
    currencies, the currency itself where it has none, thousandths for some. The krona of Iceland and the shilling
    of Uganda have no subunit any more but are still charged in hundredths, so they are not in the list. NULL without a
    currency: nobody knows the unit. -#}
{% macro minor_to_major(expression, currency_expression) -%}
    {%- set without_subunit = [
        'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
    ] -%}
    {%- set with_thousandths = ['BHD', 'JOD', 'KWD', 'OMR', 'TND'] -%}
    cast(round(
        cast({{ expression }} as decimal(18, 4))
        * case
            when {{ clean_text(currency_expression) }} is null then null
            when upper(trim({{ currency_expression }})) in ('{{ without_subunit | join("', '") }}')
                then cast(1 as decimal(4, 3))
            when upper(trim({{ currency_expression }})) in ('{{ with_thousandths | join("', '") }}')
                then cast(0.001 as decimal(4, 3))
            else cast(0.01 as decimal(4, 3))
        end,
        2
    ) as decimal(18, 2))
{%- endmacro %}
