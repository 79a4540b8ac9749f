{# One row per accepted landed row of an event by which a user leaves a channel or comes back to it,
   and channel that the event names. Coming back counts only where the user has named the channel:
   Iterable logs the same event when a file is imported or a list changes, and a kind of message
   taken up again is not the channel. Leaving counts always; an event that names no channel is about
   that of its kind of message, or about e-mail. #}
with

stg_iterable__events as (
    select * from {{ ref('stg_iterable__events') }}
    where
        reject_reason is null
        and event_name in ('emailsubscribe', 'emailunsubscribe')
        and customer_record_id is not null
),

stg_iterable__channels as (
    select * from {{ ref('stg_iterable__channels') }}
),

stg_iterable__message_types as (
    select * from {{ ref('stg_iterable__message_types') }}
),

latest_channels as (
    {{ latest_version('stg_iterable__channels', 'channel_id', ['channel']) }}
),

latest_types as (
    {{ latest_version('stg_iterable__message_types', 'message_type_id', ['channel_id', 'topic']) }}
),

named_channels as (
    select
        stg_iterable__events.*,
        channel_list.channel_id
    from stg_iterable__events
    {{ unnest_list(
        split_text('stg_iterable__events.channel_ids', ','), 'channel_list', 'channel_id'
    ) }}
    where
        stg_iterable__events.event_name = 'emailunsubscribe'
        or coalesce(lower(stg_iterable__events.act_source), '') <> 'import'
),

acts as (
    select * from named_channels
    union all
    select
        stg_iterable__events.*,
        cast(null as string) as channel_id
    from stg_iterable__events
    where
        stg_iterable__events.event_name = 'emailunsubscribe'
        and stg_iterable__events.channel_ids is null
),

versions as (
    select
        acts.*,
        max(acts.batch_id) over (
            partition by acts.source_record_id, acts.channel_id
        ) as last_batch_id
    from acts
),

completed as (
    select
        versions.*,
        latest_channels.channel as act_channel,
        case when versions.channel_id is null then latest_types.topic end as topic,
        greatest(
            versions.last_batch_id,
            coalesce(latest_types.last_batch_id, 0),
            coalesce(latest_channels.last_batch_id, 0)
        ) as parts_batch_id
    from versions
    left join latest_types on versions.message_type_id = latest_types.message_type_id
    left join latest_channels
        on coalesce(versions.channel_id, latest_types.channel_id) = latest_channels.channel_id
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        'event-' || source_record_id || coalesce('|' || channel_id, '') as source_record_id,
        customer_record_id,
        ---------- strings
        case
            when act_channel = 'email' or (channel_id is null and message_type_id is null)
                then email
        end as contact_point,
        case
            when act_channel is not null then act_channel
            when channel_id is null and message_type_id is null then 'email'
            -- a channel that has not landed yet may be any
            else 'all'
        end as channel,
        'marketing' as purpose,
        topic,
        case when event_name = 'emailsubscribe' then 'granted' else 'withdrawn' end as status,
        'consent' as legal_basis,
        act_source as capture_source,
        ---------- timestamps
        occurred_at as captured_at,
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
    -- who comes back to a channel that is not known yet has come back to nothing that can be named
    where
        event_name = 'emailunsubscribe'
        or act_channel is not null
)

select * from final
