{#- web or app: browsers name themselves Mozilla, the mobile libraries send a device id and their own name. -#}
{% macro segment_channel(alias) -%}
    case
        when {{ alias }}.context_user_agent like 'Mozilla/%' then 'web'
        when {{ alias }}.context_device_id is not null then 'app'
        else 'web'
    end
{%- endmacro %}
