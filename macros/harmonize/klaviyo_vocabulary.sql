{#- What happened to a message, by the name of Klaviyo's metric: received, opened, clicked, bounced, dropped,
    complained, unsubscribed or replied; empty for metrics that are not about a message. -#}
{% macro klaviyo_outcome(type_expression) -%}
    {{ map_values('trim(' ~ type_expression ~ ')', {
        'received email': 'received',
        'received sms': 'received',
        'received push': 'received',
        'received automated response sms': 'received',
        'opened email': 'opened',
        'opened push': 'opened',
        'clicked email': 'clicked',
        'clicked sms': 'clicked',
        'bounced email': 'bounced',
        'bounced push': 'bounced',
        'failed to deliver sms': 'bounced',
        'failed to deliver automated response sms': 'bounced',
        'dropped email': 'dropped',
        'marked email as spam': 'complained',
        'unsubscribed': 'unsubscribed',
        'unsubscribed from list': 'unsubscribed',
        'unsubscribed from email marketing': 'unsubscribed',
        'unsubscribed from sms marketing': 'unsubscribed',
        'unsubscribed from sms': 'unsubscribed',
        'sent sms': 'replied',
    }, otherwise="''") }}
{%- endmacro %}

{#- Channel of a Klaviyo metric by its name: sms, push, email, else web. -#}
{% macro klaviyo_channel(type_expression) -%}
    case
        when {{ regex_matches('lower(' ~ type_expression ~ ')', '(^| )sms( |$)') }} then 'sms'
        when {{ regex_matches('lower(' ~ type_expression ~ ')', '(^| )push( |$)') }} then 'push'
        when {{ regex_matches('lower(' ~ type_expression ~ ')', 'email|subscribed') }} then 'email'
        else 'web'
    end
{%- endmacro %}

{#- What a suppressed profile has withdrawn from: email where the reason is an act about e-mail (unsubscribed,
    complained), all where the profile is only marked as suppressed. NULL where it is not suppressed, or only
    because its address is dead: that is no act of the person. -#}
{% macro klaviyo_suppression(expression) -%}
    {{ map_values('trim(' ~ expression ~ ')', {
        'true': 'all',
        'yes': 'all',
        'si': 'all',
        'sí': 'all',
        '1': 'all',
        'user_suppressed': 'all',
        'unsubscribe': 'email',
        'unsubscribed': 'email',
        'spam_complaint': 'email',
    }) }}
{%- endmacro %}
