{# One row per landed row of klaviyo.person: a profile as a person record. #}
with

persons as (
    select * from {{ source('klaviyo', 'person') }}
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.person' as source_table,
        {{ clean_text('persons.id') }} as source_record_id,
        ---------- strings
        {{ normalize_name('persons.first_name') }} as given_name,
        {{ normalize_name('persons.last_name') }} as family_name,
        {{ normalize_name(
            "coalesce(persons.first_name, '') || ' ' || coalesce(persons.last_name, '')"
        ) }} as full_name,
        {{ normalize_email('persons.email') }} as email,
        {{ normalize_phone('persons.phone_number', normalize_country_code('persons.country')) }}
            as phone,
        {{ clean_text('persons.address_1') }} as address_line,
        {{ normalize_postal_code('persons.zip', normalize_country_code('persons.country')) }}
            as postal_code,
        {{ clean_text('persons.city') }} as city,
        {{ clean_text('persons.region') }} as region,
        {{ normalize_country_code('persons.country') }} as country_code,
        {{ clean_text('persons.organization') }} as company,
        {{ clean_text('persons.title') }} as job_title,
        {{ json_object([
            ('timezone', clean_text('persons.timezone')),
            ('source', clean_text('persons.custom_source')),
        ]) }} as attributes,
        ---------- booleans
        coalesce(persons._fivetran_deleted, false) as is_deleted,
        ---------- dates
        {{ iso_date('persons.custom_birthday') }} as birth_date,
        ---------- timestamps
        persons.created as created_at,
        coalesce(persons.updated, persons.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('persons') }},
        {{ reject_reason([
            (clean_text('persons.id') ~ ' is null', 'null key'),
            (is_bad_time('persons.created'), 'time missing or out of range'),
            (is_bad_time('coalesce(persons.updated, persons.created)'),
                'time missing or out of range'),
        ]) }} as reject_reason,
        {{ row_as_json('persons') }} as payload
    from persons
)

select * from final
