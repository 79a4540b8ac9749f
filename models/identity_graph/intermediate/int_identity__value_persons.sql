{# One row per person record behind a value of a shareable type, with the person that it speaks
   of, for values that more than one identifier is seen with. A record is behind a value when it
   carries it, or when it carries the identifier that a fact shows together with the value (the
   card on a receipt). #}
with

identifiers as (
    select
        identifier_type,
        identifier_value,
        partner,
        customer_record,
        first_batch_id,
        batch_id,
        record_count,
        first_seen_at,
        last_seen_at
    from {{ ref('int_identity__proven_identifiers') }}
    where partner is not null
),

identifier_values as (
    select
        identifier_type,
        identifier_value,
        partner_count,
        account_count
    from {{ ref('int_identity__values') }}
    where partner_count > 1
),

blocked_values as (
    select
        identifier_type,
        identifier_value
    from {{ ref('int_identity__blocked_values') }}
),

rules as (
    select
        identifier_type,
        limit_partners,
        limit_accounts
    from {{ ref('int_identity__rules') }}
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
    inner join rules
        on identifier_values.identifier_type = rules.identifier_type
    left join blocked_values
        on
            identifier_values.identifier_type = blocked_values.identifier_type
            and identifier_values.identifier_value = blocked_values.identifier_value
    where
        blocked_values.identifier_value is null
        and (
            rules.limit_partners is null
            or identifier_values.partner_count <= rules.limit_partners
        )
        and (
            rules.limit_accounts is null
            or identifier_values.account_count <= rules.limit_accounts
        )
),

-- The record that speaks for an account: the first that carries it and gives a name.
account_records as (
    select
        identifiers.identifier_type || '|' || identifiers.identifier_value as partner,
        min(identifiers.customer_record) as customer_record
    from identifiers
    inner join profiles
        on identifiers.customer_record = profiles.customer_record
    where
        identifiers.identifier_type in ('loyalty_number', 'user_id')
        and profiles.given_name is not null
    group by
        identifiers.identifier_type,
        identifiers.identifier_value
),

behind_values as (
    select
        identifiers.*,
        coalesce(identifiers.customer_record, account_records.customer_record) as speaking_record
    from identifiers
    inner join candidates
        on
            identifiers.identifier_type = candidates.identifier_type
            and identifiers.identifier_value = candidates.identifier_value
    left join account_records
        on
            identifiers.partner = account_records.partner
            and identifiers.customer_record is null
),

value_records as (
    select
        identifier_type,
        identifier_value,
        speaking_record as customer_record,
        min(first_batch_id) as first_batch_id,
        max(batch_id) as batch_id,
        sum(record_count) as record_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from behind_values
    where speaking_record is not null
    group by
        identifier_type,
        identifier_value,
        speaking_record
),

final as (
    select
        value_records.identifier_type,
        value_records.identifier_value,
        value_records.customer_record,
        profiles.given_name,
        profiles.first_given_name,
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
