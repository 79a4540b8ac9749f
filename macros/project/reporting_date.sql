{#- Calendar day, in the reporting zone, of a UTC timestamp. -#}
{% macro reporting_date(timestamp_expression) -%}
    cast({{ utc_to_local(timestamp_expression, "'" ~ var('reporting_timezone') ~ "'") }} as date)
{%- endmacro %}
