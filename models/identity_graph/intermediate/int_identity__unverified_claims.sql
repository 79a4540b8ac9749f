{# One row per identifier of a signature that does not count there: somebody else has shown that
   the value is theirs, and whoever gives it here has not. A record that says nothing of
   verification keeps its claim; one that says no, and what an account does with a value that its
   own record does not carry, lose it. #}
with

customers as (
    select
        source_name || '|' || source_record_id as customer_record,
        email,
        phone,
        is_email_verified,
        is_phone_verified
    from {{ ref('harmonized_customers') }}
    where
        is_email_verified is not null
        or is_phone_verified is not null
),

listed as (
    select
        source_name || '|' || entity_record_id as customer_record,
        identifier_type,
        identifier_value,
        is_verified
    from {{ ref('harmonized_identifiers') }}
    where
        entity = 'customers'
        and is_verified is not null
),

rules as (
    select
        identifier_type,
        normaliser
    from {{ ref('int_identity__rules') }}
),

signatures as (
    select
        signature_key,
        entity,
        customer_record,
        user_id
    from {{ ref('int_identity__signatures') }}
),

identifiers as (
    select
        signature_key,
        identifier_type,
        identifier_value
    from {{ ref('int_identity__identifiers') }}
),

stated as (
    select
        customer_record,
        'email' as identifier_type,
        email as identifier_value,
        is_email_verified as is_verified
    from customers
    where is_email_verified is not null
    union all
    select
        customer_record,
        'phone' as identifier_type,
        phone as identifier_value,
        is_phone_verified as is_verified
    from customers
    where is_phone_verified is not null
    union all
    select * from listed
),

claims as (
    select
        stated.customer_record,
        stated.identifier_type,
        {{ normalized_identifier('stated.identifier_value', 'rules.normaliser') }}
            as identifier_value,
        max(case when stated.is_verified then 1 else 0 end) = 1 as is_verified
    from stated
    inner join rules
        on stated.identifier_type = rules.identifier_type
    where stated.identifier_value is not null
    group by
        stated.customer_record,
        stated.identifier_type,
        {{ normalized_identifier('stated.identifier_value', 'rules.normaliser') }}
),

verified_values as (
    select
        identifier_type,
        identifier_value
    from claims
    where is_verified
    group by
        identifier_type,
        identifier_value
),

refused_claims as (
    select
        claims.customer_record,
        claims.identifier_type,
        claims.identifier_value
    from claims
    inner join verified_values
        on
            claims.identifier_type = verified_values.identifier_type
            and claims.identifier_value = verified_values.identifier_value
    where not claims.is_verified
),

contested as (
    select
        identifiers.signature_key,
        identifiers.identifier_type,
        identifiers.identifier_value,
        signatures.entity,
        signatures.customer_record,
        signatures.user_id
    from identifiers
    inner join verified_values
        on
            identifiers.identifier_type = verified_values.identifier_type
            and identifiers.identifier_value = verified_values.identifier_value
    inner join signatures
        on identifiers.signature_key = signatures.signature_key
),

-- Accounts whose own record carries the value and does not say that it is unverified.
holders as (
    select
        contested.identifier_type,
        contested.identifier_value,
        contested.customer_record,
        contested.user_id
    from contested
    left join refused_claims
        on
            contested.customer_record = refused_claims.customer_record
            and contested.identifier_type = refused_claims.identifier_type
            and contested.identifier_value = refused_claims.identifier_value
    where
        contested.entity in ('customers', 'identifiers')
        and refused_claims.customer_record is null
),

held_by_record as (
    select
        contested.signature_key,
        contested.identifier_type
    from contested
    inner join holders
        on
            contested.identifier_type = holders.identifier_type
            and contested.identifier_value = holders.identifier_value
            and contested.customer_record = holders.customer_record
    group by
        contested.signature_key,
        contested.identifier_type
),

held_by_login as (
    select
        contested.signature_key,
        contested.identifier_type
    from contested
    inner join holders
        on
            contested.identifier_type = holders.identifier_type
            and contested.identifier_value = holders.identifier_value
            and contested.user_id = holders.user_id
    group by
        contested.signature_key,
        contested.identifier_type
),

final as (
    select
        contested.signature_key,
        contested.identifier_type,
        contested.identifier_value,
        contested.customer_record
    from contested
    left join refused_claims
        on
            contested.customer_record = refused_claims.customer_record
            and contested.identifier_type = refused_claims.identifier_type
            and contested.identifier_value = refused_claims.identifier_value
    left join held_by_record
        on
            contested.signature_key = held_by_record.signature_key
            and contested.identifier_type = held_by_record.identifier_type
    left join held_by_login
        on
            contested.signature_key = held_by_login.signature_key
            and contested.identifier_type = held_by_login.identifier_type
    where
        (contested.customer_record is not null or contested.user_id is not null)
        and held_by_record.signature_key is null
        and held_by_login.signature_key is null
        and (
            contested.entity not in ('customers', 'identifiers')
            or refused_claims.customer_record is not null
        )
)

select * from final
