{# One row per accepted landed row of an event that is the fate of a message. Whether a message is
   marketing is known by the channel that carries its kind; a message of an unknown kind is. #}
with

stg_iterable__events as (
    select * from {{ ref('stg_iterable__events') }}
    where
        reject_reason is null
        and outcome is not null
        and coalesce(message_id, campaign_id) is not null
),

stg_iterable__message_types as (
    select * from {{ ref('stg_iterable__message_types') }}
),

stg_iterable__channels as (
    select * from {{ ref('stg_iterable__channels') }}
),

latest_types as (
    {{ latest_version('stg_iterable__message_types', 'message_type_id', ['channel_id']) }}
),

latest_channels as (
    {{ latest_version('stg_iterable__channels', 'channel_id', ['purpose']) }}
),

versions as (
    select
        stg_iterable__events.*,
        max(stg_iterable__events.batch_id) over (
            partition by stg_iterable__events.source_record_id
        ) as last_batch_id
    from stg_iterable__events
),

final as (
    select
        ---------- ids
        versions.source_name,
        versions.source_table,
        versions.source_record_id,
        coalesce(
            versions.message_id,
            versions.campaign_id || '|' || versions.customer_record_id
        ) as message_id,
        versions.campaign_id,
        versions.customer_record_id,
        ---------- strings
        case when versions.channel = 'email' then versions.email end as contact_point,
        versions.channel,
        case
            when versions.outcome = 'bounced' and versions.recipient_state = 'hardbounce'
                then 'bounced_hard'
            when versions.outcome = 'bounced' then 'bounced_soft'
            else versions.outcome
        end as outcome,
        coalesce(latest_channels.purpose, 'marketing') as purpose,
        ---------- timestamps
        versions.occurred_at as outcome_at,
        versions.recorded_at,
        ---------- metadata
        greatest(
            versions.last_batch_id,
            coalesce(latest_types.last_batch_id, 0),
            coalesce(latest_channels.last_batch_id, 0)
        ) as batch_id,
        versions.batch_id as first_batch_id,
        versions.landed_at,
        versions.landed_file,
        versions.landed_row,
        versions.reject_reason,
        versions.payload
    from versions
    left join latest_types on versions.message_type_id = latest_types.message_type_id
    left join latest_channels on latest_types.channel_id = latest_channels.channel_id
)

select * from final
