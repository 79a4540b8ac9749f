{#- Channel of a Salesforce campaign by its type: email, post, call, ads, event (people meet), NULL for other types. -#}
{% macro salesforce_campaign_channel(expression) -%}
    {{ map_values(clean_text(expression), {
        'email': 'email',
        'direct mail': 'post',
        'telemarketing': 'call',
        'advertisement': 'ads',
        'banner ads': 'ads',
        'trade show': 'event',
        'exhibition': 'event',
        'conference': 'event',
        'seminar': 'event',
        'seminar / conference': 'event',
        'webinar': 'event',
        'event': 'event',
    }) }}
{%- endmacro %}
