{# One row per landed row of salesforce.contact that says anything about e-mail: an opt-out beats
   the opt-in boxes; a contact without either has said nothing. #}
with

contacts as (
    select * from {{ source('salesforce', 'contact') }}
),

decided as (
    select
        contacts.*,
        {{ row_as_json('contacts') }} as payload,
        case
            when contacts.has_opted_out_of_email then 'withdrawn'
            when contacts.gdpr_opt_in_explicit_c or contacts.email_opt_in_double_c then 'granted'
        end as status
    from contacts
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.contact' as source_table,
        'contact-' || {{ clean_id('decided.id') }} || '-email' as source_record_id,
        {{ clean_id('decided.id') }} as customer_record_id,
        ---------- strings
        {{ normalize_email('decided.email') }} as contact_point,
        'email' as channel,
        'marketing' as purpose,
        decided.status,
        'consent' as legal_basis,
        'CRM contact' as capture_source,
        ---------- booleans
        case
            when decided.status = 'granted' then coalesce(decided.email_opt_in_double_c, false)
        end as is_double_opt_in,
        ---------- timestamps
        -- the CRM does not date a grant, so it is as old as the contact; any later edit of the
        -- contact would renew it otherwise
        case
            when decided.status = 'granted'
                then coalesce({{ known_time('decided.created_date') }}, decided.last_modified_date)
            when not {{ is_bad_time('decided.email_opt_out_date_time_c') }}
                then decided.email_opt_out_date_time_c
            else coalesce(decided.last_modified_date, decided.created_date)
        end as captured_at,
        coalesce(decided.last_modified_date, decided.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('decided') }},
        {{ reject_reason([
            (clean_id('decided.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(decided.last_modified_date, decided.created_date)'), 'bad time'),
        ]) }} as reject_reason,
        decided.payload
    from decided
    where decided.status is not null
)

select * from final
