{# One row per person record that carries a value of a shareable type, with the person that it speaks of,
   for values that more than one record carries. #}
with

identifiers as (
    select
        identifier_type,
        identifier_value,
        customer_record,
        first_batch_id,
        batch_id,
        record_count,
        first_seen_at,
        last_seen_at
    from {{ ref('int_identity__identifiers') }}
    where customer_record is not null
),

identifier_values as (
    select
        identifier_type,
        identifier_value,
        partner_count
    from {{ ref('int_identity__values') }}
    where partner_count > 1
),

blocked_values as (
    select
        identifier_type,
        identifier_value
    from {{ ref('int_identity__blocked_values') }}
),

identifier_types as (
    select
        identifier_type,
        limit_partners
    from {{ ref('identifier_types') }}
    where is_shareable
),

profiles as (
    select * from {{ ref('int_identity__profiles') }}
),

candidates as (
    select
        identifier_values.identifier_type,
        identifier_values.identifier_value
    from identifier_values
    inner join identifier_types
        on identifier_values.identifier_type = identifier_types.identifier_type
    left join blocked_values
        on
            identifier_values.identifier_type = blocked_values.identifier_type
            and identifier_values.identifier_value = blocked_values.identifier_value
    where
        blocked_values.identifier_value is null
        and (
            identifier_types.limit_partners is null
            or identifier_values.partner_count <= identifier_types.limit_partners
        )
),

value_records as (
    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.customer_record,
        min(identifiers.first_batch_id) as first_batch_id,
        max(identifiers.batch_id) as batch_id,
        sum(identifiers.record_count) as record_count,
        min(identifiers.first_seen_at) as first_seen_at,
        max(identifiers.last_seen_at) as last_seen_at
    from identifiers
    inner join candidates
        on
            identifiers.identifier_type = candidates.identifier_type
            and identifiers.identifier_value = candidates.identifier_value
    group by
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.customer_record
),

final as (
    select
        value_records.identifier_type,
        value_records.identifier_value,
        value_records.customer_record,
        profiles.given_name,
        profiles.second_family_name,
        profiles.birth_date,
        -- The record that the others of the same person are linked to.
        min(value_records.customer_record) over (
            partition by
                value_records.identifier_type,
                value_records.identifier_value,
                profiles.given_name,
                profiles.second_family_name,
                profiles.birth_date
        ) as hub_record,
        value_records.first_batch_id,
        value_records.batch_id,
        cast(value_records.record_count as bigint) as record_count,
        value_records.first_seen_at,
        value_records.last_seen_at
    from value_records
    left join profiles
        on value_records.customer_record = profiles.customer_record
)

select * from final
