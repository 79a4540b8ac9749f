{# One row per accepted landed row of a payer of whom any version has named an address that goods go
   to. #}
with

stg_stripe__shipping_addresses as (
    select * from {{ ref('stg_stripe__shipping_addresses') }}
    where reject_reason is null
),

versions as (
    {{ entry_versions('stg_stripe__shipping_addresses', ['address_line', 'postal_code']) }}
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
        full_name,
        phone,
        address_line,
        postal_code,
        city,
        region,
        country_code,
        ---------- booleans
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
