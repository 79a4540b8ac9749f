{#- web or app. Only the mobile libraries send a device id; the user agent does not tell, since an app that
    shows web pages names itself Mozilla as browsers do. -#}
{% macro segment_channel(alias) -%}
    case when {{ clean_text(alias ~ '.context_device_id') }} is not null then 'app' else 'web' end
{%- endmacro %}
