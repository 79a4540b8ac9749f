{# One row per identify call that says who somebody is (e-mail, phone or name), as a person record.

   A login is one person. Without a login the record is the browser together with the contact point
   given, so that two people who type their addresses into one browser stay two records. #}
with

identifies as (
    select * from {{ source('segment', 'identifies') }}
),

normalised as (
    select
        {{ clean_text('identifies.id') }} as event_id,
        {{ clean_text('identifies.user_id') }} as user_id,
        {{ clean_text('identifies.anonymous_id') }} as anonymous_id,
        {{ normalize_name('identifies.first_name') }} as given_name,
        {{ normalize_name('identifies.last_name') }} as family_name,
        {{ normalize_email('identifies.email') }} as email,
        {{ normalize_phone('identifies.phone') }} as phone,
        {{ rejected_values([
            ('email', 'identifies.email', normalize_email('identifies.email')),
            ('phone', 'identifies.phone', normalize_phone('identifies.phone')),
        ]) }} as rejected_values,
        identifies.timestamp as identified_at,
        coalesce(identifies.received_at, identifies.timestamp) as recorded_at,
        {{ landing_columns('identifies') }},
        {{ row_as_json('identifies') }} as payload
    from identifies
),

final as (
    select
        ---------- ids
        'segment' as source_name,
        'segment.identifies' as source_table,
        case
            when user_id is not null then 'user-' || user_id
            when anonymous_id is not null
                then
                    'anonymous-' || anonymous_id || '-'
                    || left(
                        {{ sha256_hex("coalesce(email, '') || '|' || coalesce(phone, '')") }}, 16
                    )
        end as source_record_id,
        user_id,

        ---------- strings
        given_name,
        family_name,
        email,
        phone,
        rejected_values,

        ---------- metadata
        recorded_at,
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        {{ reject_reason([
            ('event_id is null', 'null key'),
            (is_bad_time('identified_at'), 'bad time'),
        ]) }} as reject_reason,
        payload
    from normalised
    where
        (user_id is not null and coalesce(email, phone, given_name, family_name) is not null)
        or (anonymous_id is not null and coalesce(email, phone) is not null)
)

select * from final
