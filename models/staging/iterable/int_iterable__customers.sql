{# One row per accepted landed row of a profile. Where a user has changed the e-mail address, the
   record of the old address was merged into that of the latest one. An address that another user
   takes up later belongs to that one: each version of a record looks at its own user. #}
with

stg_iterable__users as (
    select * from {{ ref('stg_iterable__users') }}
    where reject_reason is null
),

latest_addresses as (
    {{ latest_version('stg_iterable__users', 'person_key', ['source_record_id'],
        'person_key is not null') }}
),

versions as (
    select
        stg_iterable__users.*,
        latest_addresses.source_record_id as latest_record_id,
        max(greatest(stg_iterable__users.batch_id, coalesce(latest_addresses.last_batch_id, 0)))
            over (partition by stg_iterable__users.source_record_id)
            as last_batch_id
    from stg_iterable__users
    left join latest_addresses on stg_iterable__users.person_key = latest_addresses.person_key
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        source_record_id,
        case when latest_record_id <> source_record_id then latest_record_id end
            as merged_into_record_id,
        user_id,
        ---------- strings
        given_name,
        family_name,
        full_name,
        email,
        phone,
        country_code,
        attributes,
        rejected_values,
        ---------- timestamps
        created_at,
        recorded_at,
        ---------- metadata
        last_batch_id as batch_id,
        batch_id as first_batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from versions
)

select * from final
