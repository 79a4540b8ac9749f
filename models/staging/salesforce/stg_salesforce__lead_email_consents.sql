{# One row per landed row of salesforce.lead that has opted out of e-mail. #}
with

leads as (
    select * from {{ source('salesforce', 'lead') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.lead' as source_table,
        'lead-' || {{ clean_text('leads.id') }} || '-email' as source_record_id,
        'lead-' || {{ clean_text('leads.id') }} as customer_record_id,
        ---------- strings
        {{ normalize_email('leads.email') }} as contact_point,
        'email' as channel,
        'marketing' as purpose,
        'withdrawn' as status,
        'consent' as legal_basis,
        'CRM lead' as capture_source,
        ---------- timestamps
        coalesce(leads.last_modified_date, leads.created_date) as captured_at,
        coalesce(leads.last_modified_date, leads.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('leads') }},
        {{ reject_reason([
            (clean_text('leads.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(leads.last_modified_date, leads.created_date)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('leads') }} as payload
    from leads
    where leads.has_opted_out_of_email
)

select * from final
