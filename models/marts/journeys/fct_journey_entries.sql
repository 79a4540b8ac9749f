{#- One row per entry of a customer into a journey, replayed over the whole history, with how it
    ended. -#}
with

entries as (
    select * from {{ ref('int_journeys__entries') }}
),

candidates as (
    select * from {{ ref('int_journeys__candidates') }}
),

journeys as (
    select
        journey_code,
        timeout_days
    from {{ ref('journeys') }}
),

orders as (
    select
        order_key,
        customer_id,
        ordered_at
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and is_kept
),

order_lines as (
    select
        order_key,
        product_id
    from {{ ref('fct_order_lines') }}
),

contactability as (
    select
        customer_id,
        channel,
        first_reason,
        is_contactable
    from {{ ref('fct_contactability') }}
),

dated as (
    select
        entries.journey_code,
        entries.customer_id,
        entries.entry_seq,
        candidates.channel,
        candidates.event_key,
        candidates.product_id,
        candidates.triggered_at,
        candidates.entered_at,
        {{ add_time('candidates.entered_at', 'journeys.timeout_days', 'day') }} as times_out_at
    from entries
    inner join candidates
        on
            entries.journey_code = candidates.journey_code
            and entries.customer_id = candidates.customer_id
            and entries.candidate_number = candidates.candidate_number
    inner join journeys
        on entries.journey_code = journeys.journey_code
),

{# Any purchase ends the journey; buying the product itself is its goal. #}
purchases as (
    select
        dated.journey_code,
        dated.event_key,
        min(orders.ordered_at) as purchased_at,
        max(case when order_lines.product_id = dated.product_id then 1 else 0 end) = 1
            as is_goal_reached
    from dated
    inner join orders
        on dated.customer_id = orders.customer_id
    left join order_lines
        on orders.order_key = order_lines.order_key
    where
        orders.ordered_at > dated.entered_at
        and orders.ordered_at <= dated.times_out_at
    group by dated.journey_code, dated.event_key
),

final as (
    select
        cast(
            dated.journey_code || '|' || dated.customer_id || '|' || cast(dated.entry_seq as string)
            as string
        ) as entry_key,
        cast(dated.journey_code as string) as journey_code,
        cast(dated.customer_id as string) as customer_id,
        cast(dated.event_key as string) as trigger_event_id,
        cast(dated.product_id as string) as product_id,
        cast(dated.channel as string) as channel,
        cast(
            case
                when purchases.purchased_at is not null then 'purchased'
                when dated.times_out_at <= {{ as_of() }} then 'timed_out'
                else 'active'
            end as string
        ) as status,
        cast(
            case
                when purchases.purchased_at is null and dated.times_out_at > {{ as_of() }}
                    then contactability.first_reason
            end as string
        ) as hold_reason,
        cast(dated.entry_seq as bigint) as entry_seq,
        coalesce(purchases.is_goal_reached, false) as is_goal_reached,
        purchases.purchased_at is null
        and dated.times_out_at > {{ as_of() }}
        and coalesce(contactability.is_contactable, false) as is_sendable,
        cast(dated.triggered_at as timestamp) as triggered_at,
        cast(dated.entered_at as timestamp) as entered_at,
        cast(
            case
                when purchases.purchased_at is not null then purchases.purchased_at
                when dated.times_out_at <= {{ as_of() }} then dated.times_out_at
            end as timestamp
        ) as exited_at
    from dated
    left join purchases
        on
            dated.journey_code = purchases.journey_code
            and dated.event_key = purchases.event_key
    left join contactability
        on
            dated.customer_id = contactability.customer_id
            and dated.channel = contactability.channel
)

select * from final
