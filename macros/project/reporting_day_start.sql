{#- UTC instant at which a calendar day of the reporting zone begins. -#}
{% macro reporting_day_start(date_expression) -%}
    {{ local_to_utc('cast(' ~ date_expression ~ ' as timestamp)', "'" ~ var('reporting_timezone') ~ "'") }}
{%- endmacro %}
