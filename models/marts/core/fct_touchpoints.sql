{# One row per moment at which a customer and the company met, from every kind of fact. Purchase
   events of trackers appear as what they are (order_completed); the sale itself is
   order_placed. #}
with

unified_events as (
    select
        customer_id,
        source_name,
        source_record_id,
        event_type,
        channel,
        product_id,
        order_id,
        utm_source,
        utm_medium,
        utm_campaign,
        value,
        occurred_at
    from {{ ref('unified_events') }}
    where customer_id is not null
),

-- What such a source reports of a message as an event is the outcome that it also reports as such.
message_sources as (
    select source_name as message_source_name
    from {{ ref('unified_messages') }}
    group by source_name
),

unified_messages as (
    select
        customer_id,
        source_name,
        source_record_id,
        outcome,
        channel,
        campaign_id,
        outcome_at
    from {{ ref('unified_messages') }}
    where customer_id is not null
),

fct_orders as (
    select
        customer_id,
        source_name,
        order_id,
        channel,
        total_amount,
        ordered_at
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and is_kept
),

fct_returns as (
    select
        customer_id,
        source_name,
        return_key,
        return_method,
        product_id,
        amount,
        returned_at
    from {{ ref('fct_returns') }}
    where customer_id is not null
),

unified_service_contacts as (
    select
        customer_id,
        source_name,
        source_record_id,
        contact_id,
        channel,
        reason,
        opened_at
    from {{ ref('unified_service_contacts') }}
    where customer_id is not null
),

unified_store_visits as (
    select
        customer_id,
        source_name,
        source_record_id,
        store_id,
        visited_at
    from {{ ref('unified_store_visits') }}
    where customer_id is not null
),

unified_surveys as (
    select
        customer_id,
        source_name,
        source_record_id,
        survey_type,
        response_id,
        score,
        answered_at
    from {{ ref('unified_surveys') }}
    where customer_id is not null
),

unified_loyalty_events as (
    select
        customer_id,
        source_name,
        source_record_id,
        event_type,
        order_id,
        points,
        occurred_at
    from {{ ref('unified_loyalty_events') }}
    where customer_id is not null
),

touchpoints as (
    select
        'event|' || unified_events.source_name || '|' || unified_events.source_record_id
            as touchpoint_key,
        unified_events.customer_id,
        unified_events.source_name,
        unified_events.channel,
        unified_events.event_type as touchpoint_type,
        case
            when unified_events.order_id is not null then 'order'
            when unified_events.product_id is not null then 'product'
        end as object_type,
        coalesce(unified_events.order_id, unified_events.product_id) as object_id,
        unified_events.utm_source,
        unified_events.utm_medium,
        unified_events.utm_campaign,
        cast(unified_events.value as double) as value,
        unified_events.occurred_at
    from unified_events
    left join message_sources
        on unified_events.source_name = message_sources.message_source_name
    where
        unified_events.event_type not like 'message%'
        or message_sources.message_source_name is null

    union all

    select
        'message|' || source_name || '|' || source_record_id as touchpoint_key,
        customer_id,
        source_name,
        channel,
        'message_' || outcome as touchpoint_type,
        'campaign' as object_type,
        campaign_id as object_id,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(null as double) as value,
        outcome_at as occurred_at
    from unified_messages

    union all

    select
        'order|' || source_name || '|' || order_id as touchpoint_key,
        customer_id,
        source_name,
        channel,
        'order_placed' as touchpoint_type,
        'order' as object_type,
        order_id as object_id,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(total_amount as double) as value,
        ordered_at as occurred_at
    from fct_orders

    union all

    select
        'return|' || return_key as touchpoint_key,
        customer_id,
        source_name,
        return_method as channel,
        'return' as touchpoint_type,
        'product' as object_type,
        product_id as object_id,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(-amount as double) as value,
        returned_at as occurred_at
    from fct_returns

    union all

    select
        'service|' || source_name || '|' || source_record_id as touchpoint_key,
        customer_id,
        source_name,
        channel,
        case reason when 'complaint' then 'complaint' else 'service_contact' end
            as touchpoint_type,
        'service_contact' as object_type,
        contact_id as object_id,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(null as double) as value,
        opened_at as occurred_at
    from unified_service_contacts

    union all

    select
        'visit|' || source_name || '|' || source_record_id as touchpoint_key,
        customer_id,
        source_name,
        'store' as channel,
        'store_visit' as touchpoint_type,
        'store' as object_type,
        store_id as object_id,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(null as double) as value,
        visited_at as occurred_at
    from unified_store_visits

    union all

    select
        'survey|' || source_name || '|' || source_record_id as touchpoint_key,
        customer_id,
        source_name,
        cast(null as string) as channel,
        coalesce(survey_type, 'survey') || '_answered' as touchpoint_type,
        'survey' as object_type,
        response_id as object_id,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(score as double) as value,
        answered_at as occurred_at
    from unified_surveys

    union all

    select
        'loyalty|' || source_name || '|' || source_record_id as touchpoint_key,
        customer_id,
        source_name,
        'loyalty' as channel,
        'loyalty_' || event_type as touchpoint_type,
        case when order_id is not null then 'order' end as object_type,
        order_id as object_id,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(points as double) as value,
        occurred_at
    from unified_loyalty_events
),

final as (
    select
        touchpoint_key,
        customer_id,
        source_name,
        channel,
        touchpoint_type,
        object_type,
        object_id,
        utm_source,
        utm_medium,
        utm_campaign,
        value,
        occurred_at
    from touchpoints
)

select * from final
