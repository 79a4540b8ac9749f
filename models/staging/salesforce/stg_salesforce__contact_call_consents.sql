{# One row per landed row of salesforce.contact that must not be called. #}
with

contacts as (
    select * from {{ source('salesforce', 'contact') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.contact' as source_table,
        'contact-' || {{ clean_id('contacts.id') }} || '-call' as source_record_id,
        {{ clean_id('contacts.id') }} as customer_record_id,
        ---------- strings
        -- whoever asks not to be called means every number, so the act names none
        'call' as channel,
        'marketing' as purpose,
        'withdrawn' as status,
        'consent' as legal_basis,
        'CRM contact' as capture_source,
        ---------- timestamps
        coalesce(contacts.last_modified_date, contacts.created_date) as captured_at,
        coalesce(contacts.last_modified_date, contacts.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('contacts') }},
        {{ reject_reason([
            (clean_id('contacts.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(contacts.last_modified_date, contacts.created_date)'),
                'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('contacts') }} as payload
    from contacts
    where contacts.do_not_call
)

select * from final
