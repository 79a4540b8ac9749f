{# One row per accepted landed row of an entry of a contact's address book that has ever held
   anything. #}
with

stg_salesforce__contact_points as (
    select * from {{ ref('stg_salesforce__contact_points') }}
    where reject_reason is null
),

versions as (
    select
        stg_salesforce__contact_points.*,
        max(stg_salesforce__contact_points.batch_id) over (
            partition by stg_salesforce__contact_points.source_record_id
        ) as last_batch_id,
        max(
            case
                when
                    coalesce(
                        stg_salesforce__contact_points.email,
                        stg_salesforce__contact_points.phone,
                        stg_salesforce__contact_points.address_line,
                        stg_salesforce__contact_points.postal_code,
                        stg_salesforce__contact_points.city
                    ) is not null
                    then 1
                else 0
            end
        ) over (partition by stg_salesforce__contact_points.source_record_id) as held_anything
    from stg_salesforce__contact_points
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
    where held_anything = 1
)

select * from final
