{#- Key of an Iterable user: the e-mail address in lower case, whether it is a valid one or not. -#}
{% macro iterable_user_key(expression) -%}
    lower({{ clean_id(expression) }})
{%- endmacro %}

{#- What happened to a message, by the name of Iterable's event: sent, opened, clicked, bounced, complained,
    unsubscribed or replied; NULL for events that are not about a message. -#}
{% macro iterable_outcome(event_expression) -%}
    {{ map_values(clean_text(event_expression), {
        'emailsend': 'sent',
        'emailopen': 'opened',
        'emailclick': 'clicked',
        'emailbounce': 'bounced',
        'emailcomplaint': 'complained',
        'emailunsubscribe': 'unsubscribed',
        'hostedunsubscribeclick': 'unsubscribed',
        'smssend': 'sent',
        'smsclick': 'clicked',
        'smsbounce': 'bounced',
        'smsreceived': 'replied',
        'pushsend': 'sent',
        'pushopen': 'opened',
        'pushbounce': 'bounced',
        'webpushsend': 'sent',
        'webpushclick': 'clicked',
    }) }}
{%- endmacro %}

{#- Channel of an Iterable event by its name: email, sms, push, app (in-app messages), else web. -#}
{% macro iterable_channel(event_expression) -%}
    case
        when {{ regex_matches('lower(' ~ event_expression ~ ')', '^(email|hostedunsub)') }} then 'email'
        when {{ regex_matches('lower(' ~ event_expression ~ ')', '^sms') }} then 'sms'
        when {{ regex_matches('lower(' ~ event_expression ~ ')', '^(web)?push') }} then 'push'
        when {{ regex_matches('lower(' ~ event_expression ~ ')', '^(inapp|inbox)') }} then 'app'
        else 'web'
    end
{%- endmacro %}

{#- Channel for an Iterable medium: email, sms, push or app (messages inside the app). -#}
{% macro iterable_medium(expression) -%}
    {{ map_values(clean_text(expression), {
        'email': 'email',
        'sms': 'sms',
        'push': 'push',
        'webpush': 'push',
        'web push': 'push',
    }, otherwise="'app'") }}
{%- endmacro %}

{#- The staging view of one of the tables that list what Iterable users have left. The connector knows the user by a
    key of its own; older ones by the e-mail address, with one row for each change of the profile.
    target: what the table names, channel or message_type. -#}
{% macro stage_iterable_unsubscriptions(target) -%}
    {%- set user_hash = clean_id('unsubscriptions._fivetran_id') -%}
    {%- set user_key = iterable_user_key('unsubscriptions.email') -%}
    {%- set target_id = clean_id('unsubscriptions.' ~ target ~ '_id') -%}
    {%- set left_at = 'coalesce(unsubscriptions.updated_at, unsubscriptions._fivetran_synced)' -%}
with

unsubscriptions as (
    select * from {{ source('iterable', 'user_unsubscribed_' ~ target) }}
),

final as (
    select
        ---------- ids
        'iterable' as source_name,
        'iterable.user_unsubscribed_{{ target }}' as source_table,
        coalesce({{ user_key }}, {{ user_hash }}) || '|' || {{ target_id }} as source_record_id,
        {{ user_hash }} as user_hash,
        {{ user_key }} as user_key,
        {{ target_id }} as {{ target }}_id,
        ---------- timestamps
        {{ left_at }} as unsubscribed_at,
        {{ left_at }} as recorded_at,
        ---------- metadata
        {{ landing_columns('unsubscriptions') }},
        {{ reject_reason([
            (user_hash ~ ' is null and ' ~ user_key ~ ' is null', 'null key'),
            (target_id ~ ' is null', 'null key'),
            (is_bad_time(left_at), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('unsubscriptions') }} as payload
    from unsubscriptions
)

select * from final
{%- endmacro %}
