{# One row per identify call that says who somebody is (e-mail, phone or name), as a person record.

   A login is one person. Without a login the record is the browser together with the contact point
   given, so that two people who type their addresses into one browser stay two records. #}
with

identifies as (
    select * from {{ source('segment', 'identifies') }}
),

located as (
    select
        identifies.*,
        {{ normalize_country_code('identifies.address_country') }} as country_code,
        {{ row_as_json('identifies') }} as payload
    from identifies
),

normalised as (
    select
        {{ clean_id('located.id') }} as event_id,
        {{ clean_id('located.user_id') }} as user_id,
        {{ clean_id('located.anonymous_id') }} as anonymous_id,
        {{ normalize_name('located.first_name') }} as given_name,
        {{ normalize_name('located.last_name') }} as family_name,
        coalesce(
            {{ normalize_name('located.name') }},
            {{ person_name('located.first_name', 'located.last_name') }}
        ) as full_name,
        {{ gender_word('located.gender') }} as gender,
        {{ normalize_email('located.email') }} as email,
        {{ normalize_phone('located.phone', 'located.country_code') }} as phone,
        {{ clean_text('located.address_street') }} as address_line,
        {{ normalize_postal_code('located.address_postal_code', 'located.country_code') }}
            as postal_code,
        {{ clean_text('located.address_city') }} as city,
        {{ clean_text('located.address_state') }} as region,
        located.country_code,
        {{ language_code('located.context_locale') }} as language,
        {{ clean_text('located.company_name') }} as company,
        {{ clean_text('located.title') }} as job_title,
        {{ clean_text('located.company_industry') }} as industry,
        {{ iso_date('located.birthday') }} as birth_date,
        located.email_verified,
        located.phone_verified,
        {{ rejected_values([
            ('email', 'located.email', normalize_email('located.email')),
            (
                'phone',
                'located.phone',
                normalize_phone('located.phone', 'located.country_code'),
            ),
            (
                'postal_code',
                'located.address_postal_code',
                normalize_postal_code('located.address_postal_code', 'located.country_code'),
            ),
            ('country_code', 'located.address_country', 'located.country_code'),
            ('birth_date', 'located.birthday', iso_date('located.birthday')),
        ]) }} as rejected_values,
        located.timestamp as identified_at,
        coalesce(located.received_at, located.timestamp) as recorded_at,
        {{ landing_columns('located') }},
        located.payload
    from located
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
        full_name,
        gender,
        email,
        phone,
        address_line,
        postal_code,
        city,
        region,
        country_code,
        language,
        company,
        job_title,
        industry,
        rejected_values,

        ---------- booleans
        case when email is not null then email_verified end as is_email_verified,
        case when phone is not null then phone_verified end as is_phone_verified,

        ---------- dates
        birth_date,

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
        (user_id is not null and coalesce(email, phone, full_name) is not null)
        or (anonymous_id is not null and coalesce(email, phone) is not null)
)

select * from final
