{# One row per accepted landed row of an event by which a profile subscribes or unsubscribes, with
   the address or number that the profile had then: the event names the profile alone. A changed
   profile brings its acts again: batch_id is the last batch that brought either. #}
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

profiles as (
    select *
    from stg_klaviyo__persons
    where source_record_id in (select acts.customer_record_id from acts)
),

last_batches as (
    select
        source_record_id,
        max(batch_id) as last_batch_id
    from profiles
    group by source_record_id
),

stated_points as (
    select
        source_record_id,
        'email' as channel,
        email as contact_point,
        recorded_at
    from profiles
    where email is not null

    union all

    select
        source_record_id,
        'sms' as channel,
        phone as contact_point,
        recorded_at
    from profiles
    where phone is not null
),

-- What the profile had when the act happened: the last version until then, else the first after.
ranked_points as (
    select
        acts.source_record_id,
        acts.landed_file,
        acts.landed_row,
        stated_points.contact_point,
        row_number() over (
            partition by acts.source_record_id, acts.landed_file, acts.landed_row
            order by
                case when stated_points.recorded_at <= acts.captured_at then 0 else 1 end asc,
                case
                    when stated_points.recorded_at <= acts.captured_at
                        then stated_points.recorded_at
                end desc nulls last,
                stated_points.recorded_at asc nulls last,
                stated_points.contact_point asc
        ) as version_rank
    from acts
    inner join stated_points
        on
            acts.customer_record_id = stated_points.source_record_id
            and acts.channel = stated_points.channel
),

final as (
    select
        ---------- ids
        acts.source_name,
        acts.source_table,
        acts.source_record_id,
        acts.customer_record_id,
        ---------- strings
        ranked_points.contact_point,
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
            acts.last_batch_id, coalesce(last_batches.last_batch_id, acts.last_batch_id)
        ) as batch_id,
        acts.batch_id as first_batch_id,
        acts.landed_at,
        acts.landed_file,
        acts.landed_row,
        acts.reject_reason,
        acts.payload
    from acts
    left join last_batches
        on acts.customer_record_id = last_batches.source_record_id
    left join ranked_points
        on
            acts.source_record_id = ranked_points.source_record_id
            and acts.landed_file = ranked_points.landed_file
            and acts.landed_row = ranked_points.landed_row
            and ranked_points.version_rank = 1
)

select * from final
