{# One row per accepted landed row of an entry of a contact's address book that has ever held
   anything. #}
with

stg_salesforce__contact_points as (
    select * from {{ ref('stg_salesforce__contact_points') }}
    where reject_reason is null
),

versions as (
    {{ entry_versions(
        'stg_salesforce__contact_points',
        ['email', 'phone', 'address_line', 'postal_code', 'city']
    ) }}
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        source_record_id,
        customer_record_id,
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
        is_primary,
        is_deleted,
        ---------- timestamps
        created_at,
        recorded_at,
        ---------- metadata
        last_batch_id as batch_id,
        batch_id as first_batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from versions
)

select * from final
