{# One row per landed row of salesforce.contact: a CRM contact as a person record, before its
   account and its individual are put to it. A contact merged away names the one that it became. #}
with

contacts as (
    select * from {{ source('salesforce', 'contact') }}
),

located as (
    select
        contacts.*,
        {{ row_as_json('contacts') }} as payload,
        coalesce(
            {{ normalize_country_code('contacts.mailing_country_code') }},
            {{ normalize_country_code('contacts.mailing_country') }}
        ) as country_code
    from contacts
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.contact' as source_table,
        {{ clean_id('located.id') }} as source_record_id,
        {{ clean_text('located.master_record_id') }} as merged_into_record_id,
        {{ clean_text('located.loyalty_number_c') }} as loyalty_number,
        {{ clean_text('located.account_id') }} as account_id,
        {{ clean_text('located.individual_id') }} as individual_id,
        ---------- strings
        {{ normalize_name('located.first_name') }} as given_name,
        {{ normalize_name('located.last_name') }} as family_name,
        coalesce(
            {{ normalize_name('located.name') }},
            {{ person_name('located.first_name', 'located.last_name') }}
        ) as full_name,
        coalesce(
            {{ gender_word('located.gender_c') }}, {{ salutation_gender('located.salutation') }}
        ) as gender,
        {{ normalize_email('located.email') }} as email,
        coalesce(
            {{ normalize_phone('located.mobile_phone', 'located.country_code') }},
            {{ normalize_phone('located.phone', 'located.country_code') }},
            {{ normalize_phone('located.home_phone', 'located.country_code') }}
        ) as phone,
        {{ clean_text('located.mailing_street') }} as address_line,
        {{ normalize_postal_code('located.mailing_postal_code', 'located.country_code') }}
            as postal_code,
        {{ clean_text('located.mailing_city') }} as city,
        {{ clean_text('located.mailing_state') }} as region,
        located.country_code,
        {{ language_code('located.language_c') }} as language,
        {{ clean_text('located.title') }} as job_title,
        {{ map_values('trim(located.marital_status_c)', {
            'soltero': 'single', 'soltera': 'single', 'casado': 'married', 'casada': 'married',
            'divorciado': 'divorced', 'divorciada': 'divorced', 'viudo': 'widowed',
            'viuda': 'widowed',
        }, otherwise='lower(' ~ clean_text('located.marital_status_c') ~ ')') }} as marital_status,
        -- a CRM list is separated by semicolons
        lower({{ regex_replace(clean_text('located.interests_c'), ' *[;,] *', ',') }}) as interests,
        'instagram:' || nullif(
            lower({{ regex_replace('trim(located.instagram_c)', '^@', '') }}), ''
        ) as social_handles,
        {{ clean_text('located.lead_source') }} as lead_source,
        {{ clean_text('located.department') }} as department,
        {{ rejected_values([
            ('email', 'located.email', normalize_email('located.email')),
            (
                'phone',
                'located.mobile_phone',
                normalize_phone('located.mobile_phone', 'located.country_code'),
            ),
            (
                'postal_code',
                'located.mailing_postal_code',
                normalize_postal_code('located.mailing_postal_code', 'located.country_code'),
            ),
            ('country_code', 'located.mailing_country', 'located.country_code'),
        ]) }} as rejected_values,
        ---------- numbers
        located.household_size_c as household_size,
        ---------- booleans
        coalesce(located.is_deleted, false) as is_deleted,
        ---------- dates
        located.birthdate as birth_date,
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
