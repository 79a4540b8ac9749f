{# One row per landed row of salesforce.lead that says anything about e-mail: an opt-out beats the
   opt-in boxes; a lead without either has said nothing. #}
with

leads as (
    select * from {{ source('salesforce', 'lead') }}
),

decided as (
    select
        leads.*,
        {{ row_as_json('leads') }} as payload,
        case
            when leads.has_opted_out_of_email then 'withdrawn'
            when
                leads.gdpr_opt_in_explicit_c
                or leads.email_opt_in_explicit_c
                or leads.email_opt_in_double_c
                then 'granted'
        end as consent_status
    from leads
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.lead' as source_table,
        'lead-' || {{ clean_id('decided.id') }} || '-email' as source_record_id,
        'lead-' || {{ clean_id('decided.id') }} as customer_record_id,
        ---------- strings
        {{ normalize_email('decided.email') }} as contact_point,
        'email' as channel,
        'marketing' as purpose,
        decided.consent_status as status,
        'consent' as legal_basis,
        'CRM lead' as capture_source,
        ---------- booleans
        case
            when decided.consent_status = 'granted'
                then coalesce(decided.email_opt_in_double_c, false)
        end as is_double_opt_in,
        ---------- timestamps
        coalesce(decided.last_modified_date, decided.created_date) as captured_at,
        coalesce(decided.last_modified_date, decided.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('decided') }},
        {{ reject_reason([
            (clean_id('decided.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(decided.last_modified_date, decided.created_date)'), 'bad time'),
        ]) }} as reject_reason,
        decided.payload
    from decided
    where decided.consent_status is not null
)

select * from final
