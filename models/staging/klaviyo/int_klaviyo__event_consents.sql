{# One row per accepted landed row of an event by which a profile subscribes or unsubscribes, with
   the address or number that the profile has: the event names the profile alone. A changed profile
   brings its acts again: batch_id is the last batch that brought either. #}
with

stg_klaviyo__event_consents as (
    select * from {{ ref('stg_klaviyo__event_consents') }}
    where reject_reason is null
),

stg_klaviyo__persons as (
    select * from {{ ref('stg_klaviyo__persons') }}
),

acts as (
    select
        stg_klaviyo__event_consents.*,
        max(stg_klaviyo__event_consents.batch_id) over (
            partition by stg_klaviyo__event_consents.source_record_id
        ) as last_batch_id
    from stg_klaviyo__event_consents
),

latest_persons as (
    {{ latest_version('stg_klaviyo__persons', 'source_record_id', ['email', 'phone'],
        'source_record_id in (select acts.customer_record_id from acts)') }}
),

final as (
    select
        ---------- ids
        acts.source_name,
        acts.source_table,
        acts.source_record_id,
        acts.customer_record_id,
        ---------- strings
        case when acts.channel = 'sms' then latest_persons.phone else latest_persons.email end
            as contact_point,
        acts.channel,
        acts.purpose,
        acts.status,
        acts.legal_basis,
        acts.capture_source,
        ---------- timestamps
        acts.captured_at,
        acts.recorded_at,
        ---------- metadata
        greatest(
            acts.last_batch_id, coalesce(latest_persons.last_batch_id, acts.last_batch_id)
        ) as batch_id,
        acts.batch_id as first_batch_id,
        acts.landed_at,
        acts.landed_file,
        acts.landed_row,
        acts.reject_reason,
        acts.payload
    from acts
    left join latest_persons on acts.customer_record_id = latest_persons.source_record_id
)

select * from final
