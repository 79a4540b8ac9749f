{# One row per landed row of klaviyo.person with a phone number that says anything about marketing
   SMS. A suppressed profile has withdrawn whatever else it says. #}
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

decided as (
    select
        located.*,
        {{ normalize_phone('located.phone_number', 'located.country_code') }} as contact_point,
        case
            when {{ klaviyo_suppression('located.custom_suppress') }} = 'all' then 'withdrawn'
            when
                lower(trim(located.custom_sms_consent))
                in ('true', 'yes', '1', 'si', 'sí', 'granted', 'subscribed', 'opted in')
                then 'granted'
            when {{ clean_text('located.custom_sms_consent') }} is not null then 'withdrawn'
            when {{ regex_matches('lower(located.custom_consent)', 'sms') }} then 'granted'
        end as status
    from located
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.person' as source_table,
        'person-' || {{ clean_id('decided.id') }} || '-sms' as source_record_id,
        {{ clean_id('decided.id') }} as customer_record_id,
        ---------- strings
        decided.contact_point,
        'sms' as channel,
        'marketing' as purpose,
        decided.status,
        'consent' as legal_basis,
        coalesce(
            {{ clean_text('decided.custom_consent_method') }},
            {{ clean_text('decided.custom_source') }}
        ) as capture_source,
        ---------- timestamps
        case
            when decided.status <> 'granted' then coalesce(decided.updated, decided.created)
            when not {{ is_bad_time('decided.custom_consent_timestamp') }}
                then decided.custom_consent_timestamp
            else coalesce({{ known_time('decided.created') }}, decided.updated)
        end as captured_at,
        coalesce(decided.updated, decided.created) as recorded_at,
        ---------- metadata
        {{ landing_columns('decided') }},
        {{ reject_reason([
            (clean_id('decided.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(decided.updated, decided.created)'), 'bad time'),
        ]) }} as reject_reason,
        decided.payload
    from decided
    where decided.status is not null and decided.contact_point is not null
)

select * from final
