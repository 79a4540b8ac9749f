{# One row per event of the loyalty programme, with the customer that the identity map gives it
   now. #}
with

harmonized_loyalty_events as (
    select * from {{ ref('harmonized_loyalty_events') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'loyalty_events'
),

final as (
    select
        identity_source_records.customer_id,
        harmonized_loyalty_events.source_name,
        harmonized_loyalty_events.source_table,
        harmonized_loyalty_events.source_record_id,
        harmonized_loyalty_events.event_id,
        harmonized_loyalty_events.loyalty_number,
        harmonized_loyalty_events.programme,
        harmonized_loyalty_events.points_currency,
        harmonized_loyalty_events.event_type,
        harmonized_loyalty_events.reason,
        harmonized_loyalty_events.order_id,
        harmonized_loyalty_events.line_id,
        harmonized_loyalty_events.points,
        harmonized_loyalty_events.occurred_at,
        harmonized_loyalty_events.expires_at,
        harmonized_loyalty_events.recorded_at,
        harmonized_loyalty_events.landed_at,
        harmonized_loyalty_events.batch_id
    from harmonized_loyalty_events
    left join identity_source_records
        on
            harmonized_loyalty_events.source_name = identity_source_records.source_name
            and harmonized_loyalty_events.source_record_id
            = identity_source_records.source_record_id
    where harmonized_loyalty_events.occurred_at <= {{ as_of() }}
)

select * from final
