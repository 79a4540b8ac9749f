{# One row per identifier of a signature that counts there: all but what it claims without proof. #}
with

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
),

unverified_claims as (
    select
        signature_key,
        identifier_type,
        identifier_value
    from {{ ref('int_identity__unverified_claims') }}
),

final as (
    select
        identifiers.signature_key,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.partner,
        identifiers.customer_record,
        identifiers.loyalty_number,
        identifiers.user_id,
        identifiers.first_batch_id,
        identifiers.batch_id,
        identifiers.record_count,
        identifiers.first_seen_at,
        identifiers.last_seen_at
    from identifiers
    left join unverified_claims
        on
            identifiers.signature_key = unverified_claims.signature_key
            and identifiers.identifier_type = unverified_claims.identifier_type
            and identifiers.identifier_value = unverified_claims.identifier_value
    where unverified_claims.signature_key is null
)

select * from final
