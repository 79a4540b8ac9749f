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
        coalesce(
            {{ normalize_name('identifies.name') }},
            {{ person_name('identifies.first_name', 'identifies.last_name') }}
        ) as full_name,
        {{ gender_word('identifies.gender') }} as gender,
        {{ normalize_email('identifies.email') }} as email,
        {{ normalize_phone(
            'identifies.phone', normalize_country_code('identifies.address_country')
        ) }} as phone,
        {{ clean_text('identifies.address_street') }} as address_line,
        {{ normalize_postal_code(
            'identifies.address_postal_code', normalize_country_code('identifies.address_country')
        ) }} as postal_code,
        {{ clean_text('identifies.address_city') }} as city,
        {{ clean_text('identifies.address_state') }} as region,
        {{ normalize_country_code('identifies.address_country') }} as country_code,
        {{ language_code('identifies.context_locale') }} as language,
        {{ clean_text('identifies.company_name') }} as company,
        {{ clean_text('identifies.title') }} as job_title,
        {{ clean_text('identifies.company_industry') }} as industry,
        {{ iso_date('identifies.birthday') }} as birth_date,
        identifies.email_verified,
        identifies.phone_verified,
        {{ rejected_values([
            ('email', 'identifies.email', normalize_email('identifies.email')),
            (
                'phone',
                'identifies.phone',
                normalize_phone(
                    'identifies.phone', normalize_country_code('identifies.address_country')
                ),
            ),
            (
                'postal_code',
                'identifies.address_postal_code',
                normalize_postal_code(
                    'identifies.address_postal_code',
                    normalize_country_code('identifies.address_country')
                ),
            ),
            (
                'country_code',
                'identifies.address_country',
                normalize_country_code('identifies.address_country'),
            ),
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
