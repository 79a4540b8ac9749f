{# One row per landed row of salesforce.lead: a lead as a person record beside the contacts. A
   converted lead went into its contact, a merged one into another lead. #}
with

leads as (
    select * from {{ source('salesforce', 'lead') }}
),

located as (
    select
        leads.*,
        {{ row_as_json('leads') }} as payload,
        coalesce(
            {{ normalize_country_code('leads.country_code') }},
            {{ normalize_country_code('leads.country') }}
        ) as normal_country_code
    from leads
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.lead' as source_table,
        'lead-' || {{ clean_id('located.id') }} as source_record_id,
        coalesce(
            {{ clean_text('located.converted_contact_id') }},
            'lead-' || {{ clean_text('located.master_record_id') }}
        ) as merged_into_record_id,
        {{ clean_text('located.individual_id') }} as individual_id,
        ---------- strings
        {{ normalize_name('located.first_name') }} as given_name,
        {{ normalize_name('located.last_name') }} as family_name,
        coalesce(
            {{ normalize_name('located.name') }},
            {{ person_name('located.first_name', 'located.last_name') }}
        ) as full_name,
        {{ salutation_gender('located.salutation') }} as gender,
        {{ normalize_email('located.email') }} as email,
        coalesce(
            {{ normalize_phone('located.mobile_phone', 'located.normal_country_code') }},
            {{ normalize_phone('located.phone', 'located.normal_country_code') }}
        ) as phone,
        {{ clean_text('located.street') }} as address_line,
        {{ normalize_postal_code('located.postal_code', 'located.normal_country_code') }}
            as postal_code,
        {{ clean_text('located.city') }} as city,
        {{ clean_text('located.state') }} as region,
        located.normal_country_code as country_code,
        -- the CRM demands a company and fills in this text for persons without one
        nullif({{ clean_text('located.company') }}, '[not provided]') as company,
        {{ clean_text('located.title') }} as job_title,
        {{ clean_text('located.industry') }} as industry,
        {{ json_object([
            ('lead_source', clean_text('located.lead_source')),
            ('lead_status', clean_text('located.status')),
        ]) }} as attributes,
        {{ rejected_values([
            ('email', 'located.email', normalize_email('located.email')),
            (
                'phone',
                'located.mobile_phone',
                normalize_phone('located.mobile_phone', 'located.normal_country_code'),
            ),
            (
                'postal_code',
                'located.postal_code',
                normalize_postal_code('located.postal_code', 'located.normal_country_code'),
            ),
            ('country_code', 'located.country', 'located.normal_country_code'),
        ]) }} as rejected_values,
        ---------- booleans
        coalesce(located.is_deleted, false) as is_deleted,
        ---------- timestamps
        located.created_date as created_at,
        coalesce(located.last_modified_date, located.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('located') }},
        {{ reject_reason([
            (clean_id('located.id') ~ ' is null', 'null key'),
            (is_bad_time('located.created_date'), 'bad time'),
            (is_bad_time('coalesce(located.last_modified_date, located.created_date)'), 'bad time'),
        ]) }} as reject_reason,
        located.payload
    from located
)

select * from final
