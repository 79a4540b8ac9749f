{# One row per accepted landed row of an event by which a profile subscribes or unsubscribes, with
   the address or number that the profile has: the event names the profile alone. A changed profile
   brings its acts again: batch_id is the last batch that brought either. #}
with

stg_klaviyo__event_consents as (
    select * from {{ ref('stg_klaviyo__event_consents') }}
    where reject_reason is null
),

stg_klaviyo__persons as (
    select
        source_record_id,
        email,
        phone,
        recorded_at,
        batch_id
    from {{ ref('stg_klaviyo__persons') }}
    where reject_reason is null
),

acts as (
    select
        stg_klaviyo__event_consents.*,
        max(stg_klaviyo__event_consents.batch_id) over (
            partition by stg_klaviyo__event_consents.source_record_id
        ) as last_batch_id
    from stg_klaviyo__event_consents
),

ranked_persons as (
    select
        source_record_id,
        email,
        phone,
        max(batch_id) over (partition by source_record_id) as last_batch_id,
        row_number() over (
            partition by source_record_id
            order by recorded_at desc nulls last, email desc nulls last, phone desc nulls last
        ) as version_rank
    from stg_klaviyo__persons
    where source_record_id in (select acts.customer_record_id from acts)
),

final as (
    select
        ---------- ids
        acts.source_name,
        acts.source_table,
        acts.source_record_id,
        acts.customer_record_id,
        ---------- strings
        case when acts.channel = 'sms' then ranked_persons.phone else ranked_persons.email end
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
            acts.last_batch_id, coalesce(ranked_persons.last_batch_id, acts.last_batch_id)
        ) as batch_id,
        acts.batch_id as first_batch_id,
        acts.landed_at,
        acts.landed_file,
        acts.landed_row,
        acts.reject_reason,
        acts.payload
    from acts
    left join ranked_persons
        on
            acts.customer_record_id = ranked_persons.source_record_id
            and ranked_persons.version_rank = 1
)

select * from final
