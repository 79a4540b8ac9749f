{# One row per landed row of klaviyo.person that says anything about marketing e-mail. A profile
   suppressed by its person has withdrawn whatever else it says; one suppressed because its address
   is dead has not. #}
with

persons as (
    select * from {{ source('klaviyo', 'person') }}
),

decided as (
    select
        persons.*,
        {{ row_as_json('persons') }} as payload,
        case
            when {{ klaviyo_suppression('persons.custom_suppress') }} is not null then 'withdrawn'
            when persons.custom_accepts_marketing = false then 'withdrawn'
            when persons.custom_accepts_marketing then 'granted'
            when {{ regex_matches('lower(persons.custom_consent)', 'email') }} then 'granted'
        end as status
    from persons
),

final as (
    select
        ---------- ids
        'klaviyo' as source_name,
        'klaviyo.person' as source_table,
        'person-' || {{ clean_id('decided.id') }} || '-email' as source_record_id,
        {{ clean_id('decided.id') }} as customer_record_id,
        ---------- strings
        {{ normalize_email('decided.email') }} as contact_point,
        'email' as channel,
        'marketing' as purpose,
        decided.status,
        'consent' as legal_basis,
        coalesce(
            {{ clean_text('decided.custom_consent_method') }},
            {{ clean_text('decided.custom_source') }}
        ) as capture_source,
        ---------- timestamps
        -- its own time dates a grant, else the profile's beginning: later changes do not renew it;
        -- a withdrawal shows in the last change of the profile
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
    where decided.status is not null
)

select * from final
