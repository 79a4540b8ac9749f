{#- One row per event that may start a journey: a known, reachable customer looked at a product,
    did not have it, and did not buy it while the journey waited. Numbered in order of time. -#}
with

unified_events as (
    select
        customer_id,
        event_type,
        product_id,
        occurred_at,
        source_name || '|' || source_record_id as event_key
    from {{ ref('unified_events') }}
    where
        customer_id is not null
        and product_id is not null
),

unified_customers as (
    select customer_id
    from {{ ref('unified_customers') }}
    where population = 'customer'
),

order_lines as (
    select
        customer_id,
        product_id,
        kept_quantity,
        ordered_at
    from {{ ref('fct_order_lines') }}
    where
        customer_id is not null
        and product_id is not null
        and is_kept
),

contactability as (
    select
        customer_id,
        channel,
        ',' || coalesce(all_reasons, '') || ',' as all_reasons
    from {{ ref('fct_contactability') }}
),

suppressions as (
    select
        customer_id,
        channel,
        reason_code,
        valid_from
    from {{ ref('fct_suppressions') }}
    where reason_code in ('objected', 'unsubscribed', 'complaint', 'hard_bounce')
),

journeys as (
    select
        journey_code,
        trigger_event_type,
        channel,
        wait_hours,
        reentry_days
    from {{ ref('journeys') }}
    where is_active
),

closures as (
    select
        contactability.customer_id,
        contactability.channel,
        min(suppressions.valid_from) as closed_from
    from contactability
    inner join suppressions
        on
            contactability.customer_id = suppressions.customer_id
            and contactability.channel = suppressions.channel
            and contactability.all_reasons like '%,' || suppressions.reason_code || ',%'
    group by contactability.customer_id, contactability.channel
),

triggers as (
    select
        journeys.journey_code,
        journeys.channel,
        journeys.reentry_days,
        unified_events.customer_id,
        unified_events.event_key,
        unified_events.product_id,
        unified_events.occurred_at as triggered_at,
        {{ add_time('unified_events.occurred_at', 'journeys.wait_hours', 'hour') }} as entered_at
    from unified_events
    inner join journeys
        on unified_events.event_type = journeys.trigger_event_type
    inner join unified_customers
        on unified_events.customer_id = unified_customers.customer_id
),

{# What is known at as_of applies to the past as well, but a channel closed later was open until
   then. #}
reachable as (
    select
        triggers.journey_code,
        triggers.channel,
        triggers.reentry_days,
        triggers.customer_id,
        triggers.event_key,
        triggers.product_id,
        triggers.triggered_at,
        triggers.entered_at
    from triggers
    inner join contactability
        on
            triggers.customer_id = contactability.customer_id
            and triggers.channel = contactability.channel
    left join closures
        on
            triggers.customer_id = closures.customer_id
            and triggers.channel = closures.channel
    where
        triggers.entered_at <= {{ as_of() }}
        and contactability.all_reasons not like '%,no_contact_point,%'
        and contactability.all_reasons not like '%,no_consent,%'
        and contactability.all_reasons not like '%,external_list,%'
        and (
            closures.closed_from is null
            or closures.closed_from > triggers.entered_at
        )
),

purchases as (
    select
        customer_id,
        product_id,
        min(case when kept_quantity > 0 then ordered_at end) as first_kept_at
    from order_lines
    group by customer_id, product_id
),

waiting_purchases as (
    select
        reachable.journey_code,
        reachable.event_key
    from reachable
    inner join order_lines
        on
            reachable.customer_id = order_lines.customer_id
            and reachable.product_id = order_lines.product_id
    where
        order_lines.ordered_at >= reachable.triggered_at
        and order_lines.ordered_at <= reachable.entered_at
    group by reachable.journey_code, reachable.event_key
),

final as (
    select
        reachable.journey_code,
        reachable.channel,
        reachable.reentry_days,
        reachable.customer_id,
        reachable.event_key,
        reachable.product_id,
        reachable.triggered_at,
        reachable.entered_at,
        row_number() over (
            partition by reachable.journey_code, reachable.customer_id
            order by reachable.entered_at asc, reachable.event_key asc
        ) as candidate_number
    from reachable
    left join purchases
        on
            reachable.customer_id = purchases.customer_id
            and reachable.product_id = purchases.product_id
    left join waiting_purchases
        on
            reachable.journey_code = waiting_purchases.journey_code
            and reachable.event_key = waiting_purchases.event_key
    where
        waiting_purchases.event_key is null
        and (
            purchases.first_kept_at is null
            or purchases.first_kept_at > reachable.triggered_at
        )
)

select * from final
