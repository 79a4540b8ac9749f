{# One row per landed row of salesforce.contact and entry of its address book, empty ones included:
   a number taken off again must be seen to be gone. Feeds int_salesforce__contact_points and
   int_salesforce__contact_identifiers. #}
{%- set entries = {
    'main': {'email': 'email', 'address': 'mailing'},
    'mobile': {'phone': 'mobile_phone'},
    'work': {'phone': 'phone'},
    'home': {'phone': 'home_phone'},
    'other': {'email': 'secondary_email_c', 'phone': 'other_phone', 'address': 'other'},
} %}
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
        ) as main_country_code,
        coalesce(
            {{ normalize_country_code('contacts.other_country_code') }},
            {{ normalize_country_code('contacts.other_country') }}
        ) as second_country_code
    from contacts
),

entries as (
    {%- for label, parts in entries.items() %}
    {%- set address = parts.get('address') %}
    {%- set country = 'second_country_code' if address == 'other' else 'main_country_code' %}
    select
        '{{ label }}' as label,
        {{ normalize_email(parts.email) if 'email' in parts else 'cast(null as string)' }} as email,
        {{ normalize_phone(parts.phone, 'main_country_code') if 'phone' in parts
            else 'cast(null as string)' }} as phone,
        {%- if address %}
        {{ clean_text(address ~ '_street') }} as address_line,
        {{ normalize_postal_code(address ~ '_postal_code', country) }} as postal_code,
        {{ clean_text(address ~ '_city') }} as city,
        {{ clean_text(address ~ '_state') }} as region,
        {{ country }} as country_code,
        {%- else %}
        cast(null as string) as address_line,
        cast(null as string) as postal_code,
        cast(null as string) as city,
        cast(null as string) as region,
        cast(null as string) as country_code,
        {%- endif %}
        {{ clean_id('id') }} as contact_record_id,
        coalesce(located.is_deleted, false) as is_contact_deleted,
        located.created_date,
        coalesce(located.last_modified_date, located.created_date) as recorded_at,
        {{ landing_columns('located') }},
        located.payload
    from located
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.contact' as source_table,
        'contact-' || contact_record_id || '-' || label as source_record_id,
        contact_record_id as customer_record_id,
        ---------- strings
        label,
        email,
        phone,
        address_line,
        postal_code,
        city,
        region,
        country_code,
        ---------- booleans
        label = 'main' as is_primary,
        is_contact_deleted
        or coalesce(email, phone, address_line, postal_code, city) is null as is_deleted,
        ---------- timestamps
        created_date as created_at,
        recorded_at,
        ---------- metadata
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        {{ reject_reason([
            ('contact_record_id is null', 'null key'),
            (is_bad_time('recorded_at'), 'bad time'),
        ]) }} as reject_reason,
        payload
    from entries
)

select * from final
