{#- Where a staged row comes from: landing batch, time, file and row of the file. -#}
{% macro landing_columns(alias) -%}
    {{ alias }}._batch_id as batch_id,
    {{ alias }}._landed_at as landed_at,
    {{ alias }}._file as landed_file,
    {{ alias }}._row as landed_row
{%- endmacro %}

{#- The first rule that a row breaks, or NULL. rules: list of (condition, reason). -#}
{% macro reject_reason(rules) -%}
    case
        {%- for condition, reason in rules %}
        when {{ condition }} then '{{ reason }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- Condition: a required time is missing or outside the years that a retailer can have data for. -#}
{% macro is_bad_time(expression) -%}
    (
        {{ expression }} is null
        or {{ expression }} < cast('1900-01-01' as timestamp)
        or {{ expression }} >= cast('2100-01-01' as timestamp)
    )
{%- endmacro %}

{#- A time, or NULL where it is outside of these years: 0001-01-01 and the like are words for nothing. -#}
{% macro known_time(expression) -%}
    case when not {{ is_bad_time(expression) }} then {{ expression }} end
{%- endmacro %}
