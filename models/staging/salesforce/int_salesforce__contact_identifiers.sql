{# One row per landed row of a contact with an e-mail or phone beside those of its person record.
   Office numbers are left out: they are the switchboard's as often as the person's. #}
with

contact_points as (
    select * from {{ ref('stg_salesforce__contact_points') }}
    where label in ('home', 'other')
),

listed as (
    select
        contact_points.*,
        'phone' as identifier_type,
        contact_points.phone as identifier_value
    from contact_points
    where contact_points.phone is not null
    union all
    select
        contact_points.*,
        'email' as identifier_type,
        contact_points.email as identifier_value
    from contact_points
    where contact_points.email is not null
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        source_record_id || '-' || identifier_type as source_record_id,
        customer_record_id as entity_record_id,
        ---------- strings
        'customers' as entity,
        identifier_type,
        identifier_value,
        ---------- timestamps
        created_at as observed_at,
        recorded_at,
        ---------- metadata
        batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from listed
)

select * from final
