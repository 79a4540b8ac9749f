{# One row per outcome of a message, with the customer that the identity map gives it now. Where a
   source names only its person record, the contact point is that record's address or number. #}
with

harmonized_messages as (
    select * from {{ ref('harmonized_messages') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'messages'
),

harmonized_customers as (
    select
        source_name,
        source_record_id,
        email,
        phone
    from {{ ref('harmonized_customers') }}
),

final as (
    select
        identity_source_records.customer_id,
        harmonized_messages.source_name,
        harmonized_messages.source_table,
        harmonized_messages.source_record_id,
        harmonized_messages.message_id,
        harmonized_messages.campaign_id,
        harmonized_messages.customer_record_id,
        case
            when harmonized_messages.contact_point is not null
                then harmonized_messages.contact_point
            when harmonized_messages.channel = 'email' then harmonized_customers.email
            when harmonized_messages.channel in ('sms', 'call') then harmonized_customers.phone
        end as contact_point,
        harmonized_messages.channel,
        harmonized_messages.outcome,
        harmonized_messages.purpose,
        harmonized_messages.unit_cost,
        harmonized_messages.outcome_at,
        harmonized_messages.recorded_at,
        harmonized_messages.landed_at,
        harmonized_messages.batch_id
    from harmonized_messages
    left join identity_source_records
        on
            harmonized_messages.source_name = identity_source_records.source_name
            and harmonized_messages.source_record_id = identity_source_records.source_record_id
    left join harmonized_customers
        on
            harmonized_messages.source_name = harmonized_customers.source_name
            and harmonized_messages.customer_record_id = harmonized_customers.source_record_id
    where harmonized_messages.outcome_at <= {{ as_of() }}
)

select * from final
