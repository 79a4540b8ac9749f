{# One row per landed row of salesforce.lead with an e-mail beside that of its person record. #}
with

leads as (
    select * from {{ source('salesforce', 'lead') }}
),

final as (
    select
        ---------- ids
        'salesforce' as source_name,
        'salesforce.lead' as source_table,
        'lead-' || {{ clean_id('leads.id') }} || '-email' as source_record_id,
        'lead-' || {{ clean_id('leads.id') }} as entity_record_id,
        ---------- strings
        'customers' as entity,
        'email' as identifier_type,
        {{ normalize_email('leads.secondary_email_c') }} as identifier_value,
        ---------- timestamps
        leads.created_date as observed_at,
        coalesce(leads.last_modified_date, leads.created_date) as recorded_at,
        ---------- metadata
        {{ landing_columns('leads') }},
        {{ reject_reason([
            (clean_id('leads.id') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(leads.last_modified_date, leads.created_date)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('leads') }} as payload
    from leads
    where {{ normalize_email('leads.secondary_email_c') }} is not null
)

select * from final
