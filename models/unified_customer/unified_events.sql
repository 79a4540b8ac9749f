{# One row per behavioural event, with the customer that the identity map gives it now. #}
with

harmonized_events as (
    select * from {{ ref('harmonized_events') }}
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'events'
),

final as (
    select
        identity_source_records.customer_id,
        harmonized_events.source_name,
        harmonized_events.source_table,
        harmonized_events.source_record_id,
        harmonized_events.event_id,
        harmonized_events.event_type,
        harmonized_events.channel,
        harmonized_events.occurred_at,
        harmonized_events.received_at,
        harmonized_events.anonymous_id,
        harmonized_events.device_id,
        harmonized_events.user_id,
        harmonized_events.customer_record_id,
        harmonized_events.email,
        harmonized_events.session_key,
        harmonized_events.page_url,
        harmonized_events.referrer,
        harmonized_events.utm_source,
        harmonized_events.utm_medium,
        harmonized_events.utm_campaign,
        harmonized_events.product_id,
        harmonized_events.variant_id,
        harmonized_events.order_id,
        harmonized_events.quantity,
        harmonized_events.value,
        harmonized_events.currency,
        harmonized_events.duration_seconds,
        harmonized_events.user_agent,
        harmonized_events.properties,
        harmonized_events.recorded_at,
        harmonized_events.landed_at,
        harmonized_events.batch_id
    from harmonized_events
    left join identity_source_records
        on
            harmonized_events.source_name = identity_source_records.source_name
            and harmonized_events.source_record_id = identity_source_records.source_record_id
    where harmonized_events.occurred_at <= {{ as_of() }}
)

select * from final
