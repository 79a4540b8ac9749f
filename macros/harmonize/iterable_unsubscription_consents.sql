{#- The acts of consent in one of the tables that list what Iterable users have left.
    unsubscriptions, users, channels, message_types: relations of the staging views; target: what the table names,
    channel or message_type. -#}
{% macro iterable_unsubscription_consents(unsubscriptions, target, users, channels, message_types) -%}
with

unsubscriptions as (
    select * from {{ unsubscriptions }}
    where reject_reason is null
),

users as (
    select * from {{ users }}
),

channels as (
    select * from {{ channels }}
),

message_types as (
    select * from {{ message_types }}
),

latest_users as (
    {{ latest_version('users', 'user_hash', ['source_record_id'], 'user_hash is not null') }}
),

latest_channels as (
    {{ latest_version('channels', 'channel_id', ['channel']) }}
),

latest_types as (
    {{ latest_version('message_types', 'message_type_id', ['channel_id', 'topic']) }}
),

versions as (
    select
        unsubscriptions.*,
        max(unsubscriptions.batch_id) over (
            partition by unsubscriptions.source_record_id
        ) as last_batch_id
    from unsubscriptions
),

completed as (
    select
        versions.*,
        coalesce(versions.user_key, latest_users.source_record_id) as customer_record_id,
        latest_channels.channel,
        {%- if target == 'message_type' %}
        latest_types.topic,
        {%- else %}
        cast(null as string) as topic,
        {%- endif %}
        greatest(
            versions.last_batch_id,
            coalesce(latest_users.last_batch_id, 0),
            {%- if target == 'message_type' %}
            coalesce(latest_types.last_batch_id, 0),
            {%- endif %}
            coalesce(latest_channels.last_batch_id, 0)
        ) as parts_batch_id
    from versions
    left join latest_users on versions.user_hash = latest_users.user_hash
    {%- if target == 'message_type' %}
    left join latest_types on versions.message_type_id = latest_types.message_type_id
    left join latest_channels on latest_types.channel_id = latest_channels.channel_id
    {%- else %}
    left join latest_channels on versions.channel_id = latest_channels.channel_id
    {%- endif %}
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        'left-{{ target }}-' || source_record_id as source_record_id,
        customer_record_id,
        ---------- strings
        case when channel = 'email' then {{ normalize_email('customer_record_id') }} end
            as contact_point,
        -- a channel that has not landed yet may be any
        coalesce(channel, 'all') as channel,
        'marketing' as purpose,
        topic,
        'withdrawn' as status,
        'consent' as legal_basis,
        'left {{ 'a channel' if target == 'channel' else 'a kind of message' }}' as capture_source,
        ---------- timestamps
        unsubscribed_at as captured_at,
        recorded_at,
        ---------- metadata
        parts_batch_id as batch_id,
        batch_id as first_batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from completed
)

select * from final
{%- endmacro %}
