{#- A time of a harmonised record, NULL where it cannot be one (known_time). An end far ahead says that there is none and
    stays, on 9999-12-31 at the latest: points without an end would else get the usual one of their programme. A birth
    date stays as it is: the customer model judges it, and keeps it with the reason. -#}
{% macro harmonized_time(column) -%}
    {%- if column.name == 'birth_date' -%}
        cast({{ column.name }} as {{ column.data_type }})
    {%- elif column.name in ['ends_at', 'expires_at', 'valid_to'] -%}
        case
            when {{ column.name }} >= cast('1900-01-01' as timestamp)
                then least(cast({{ column.name }} as {{ column.data_type }}), cast('9999-12-31' as {{ column.data_type }}))
        end
    {%- else -%}
        cast({{ known_time(column.name) }} as {{ column.data_type }})
    {%- endif -%}
{%- endmacro %}

{#- The rejected_values of a record (JSON text) with the times that harmonized_time takes out of it. -#}
{% macro with_rejected_times(columns) -%}
    {%- set pairs = [] -%}
    {%- for column in columns if column.data_type in ['date', 'timestamp'] -%}
        {%- do pairs.append((
            column.name,
            'case when ' ~ harmonized_time(column) ~ ' is null then cast(' ~ column.name ~ ' as string) end',
        )) -%}
    {%- endfor -%}
    {%- set times = json_object(pairs) -%}
    coalesce(
        left(rejected_values, length(rejected_values) - 1) || ',' || substr({{ times }}, 2),
        {{ times }},
        rejected_values
    )
{%- endmacro %}
