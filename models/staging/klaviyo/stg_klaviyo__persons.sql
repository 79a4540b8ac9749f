{# One row per landed row of klaviyo.person: a profile as a person record. #}
with

persons as (
    select * from {{ source('klaviyo', 'person') }}
),

located as (
    select
        persons.*,
        {{ row_as_json('persons') }} as payload,
        {{ normalize_country_code('persons.country') }} as country_code
    from persons
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.person' as source_table,
        {{ clean_id('located.id') }} as source_record_id,
        ---------- strings
        {{ normalize_name('located.first_name') }} as given_name,
        {{ normalize_name('located.last_name') }} as family_name,
        {{ person_name('located.first_name', 'located.last_name') }} as full_name,
        {{ normalize_email('located.email') }} as email,
        {{ normalize_phone('located.phone_number', 'located.country_code') }}
            as phone,
        {{ clean_text('located.address_1') }} as address_line,
        {{ normalize_postal_code('located.zip', 'located.country_code') }}
            as postal_code,
        {{ clean_text('located.city') }} as city,
        {{ clean_text('located.region') }} as region,
        located.country_code,
        {{ clean_text('located.organization') }} as company,
        {{ clean_text('located.title') }} as job_title,
        {{ json_object([
            ('timezone', clean_text('located.timezone')),
            ('source', clean_text('located.custom_source')),
        ]) }} as attributes,
        {{ rejected_values([
            ('given_name', 'located.first_name', normalize_name('located.first_name')),
            ('family_name', 'located.last_name', normalize_name('located.last_name')),
            ('email', 'located.email', normalize_email('located.email')),
            (
                'phone',
                'located.phone_number',
                normalize_phone('located.phone_number', 'located.country_code'),
            ),
            (
                'postal_code',
                'located.zip',
                normalize_postal_code('located.zip', 'located.country_code'),
            ),
            ('country_code', 'located.country', 'located.country_code'),
            ('birth_date', 'located.custom_birthday', iso_date('located.custom_birthday')),
        ]) }} as rejected_values,
        ---------- booleans
        coalesce(located._fivetran_deleted, false) as is_deleted,
        ---------- dates
        {{ iso_date('located.custom_birthday') }} as birth_date,
        ---------- timestamps
        located.created as created_at,
        coalesce(located.updated, located.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('located') }},
        {{ reject_reason([
            (clean_id('located.id') ~ ' is null', 'null key'),
            (is_bad_time('located.created'), 'bad time'),
            (is_bad_time('coalesce(located.updated, located.created)'), 'bad time'),
        ]) }} as reject_reason,
        located.payload
    from located
)

select * from final
