{# One row per visit to the web shop or the app: the tracked events of a customer in one source
   with no silence longer than the var session_gap_seconds between two of them. A gap of exactly
   that length does not end a session. #}
with

unified_events as (
    select
        customer_id,
        source_name,
        source_record_id,
        event_type,
        channel,
        occurred_at,
        page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        value
    from {{ ref('unified_events') }}
    where
        customer_id is not null
        and channel in ('web', 'app')
        -- Seen by a tracker: a checkout that the shop system writes down is no visit of its own.
        and coalesce(anonymous_id, device_id, session_key) is not null
),

timed_events as (
    select
        customer_id,
        source_name,
        source_record_id,
        event_type,
        channel,
        occurred_at,
        page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        value,
        lag(occurred_at) over (
            partition by customer_id, source_name
            order by occurred_at, source_record_id
        ) as previous_at
    from unified_events
),

flagged_events as (
    select
        customer_id,
        source_name,
        source_record_id,
        event_type,
        channel,
        occurred_at,
        page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        value,
        case
            when previous_at is null then 1
            when
                {{ seconds_between('previous_at', 'occurred_at') }}
                > {{ var('session_gap_seconds') }}
                then 1
            else 0
        end as is_start
    from timed_events
),

numbered_events as (
    select
        customer_id,
        source_name,
        source_record_id,
        event_type,
        channel,
        occurred_at,
        page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        value,
        is_start,
        sum(is_start) over (
            partition by customer_id, source_name
            order by occurred_at, source_record_id
            rows between unbounded preceding and current row
        ) as session_number
    from flagged_events
),

final as (
    select
        source_name || '|' || max(case when is_start = 1 then source_record_id end)
            as session_key,
        customer_id,
        source_name,
        max(case when is_start = 1 then channel end) as channel,
        max(case when is_start = 1 then page_url end) as landing_page_url,
        max(case when is_start = 1 then referrer end) as referrer,
        max(case when is_start = 1 then utm_source end) as utm_source,
        max(case when is_start = 1 then utm_medium end) as utm_medium,
        max(case when is_start = 1 then utm_campaign end) as utm_campaign,
        cast(session_number as bigint) as session_number,
        cast(count(*) as bigint) as event_count,
        cast(sum(case when event_type = 'page_view' then 1 else 0 end) as bigint)
            as page_view_count,
        cast(sum(case when event_type = 'product_viewed' then 1 else 0 end) as bigint)
            as product_view_count,
        cast(sum(case when event_type = 'add_to_cart' then 1 else 0 end) as bigint)
            as add_to_cart_count,
        cast({{ seconds_between('min(occurred_at)', 'max(occurred_at)') }} as double)
            as duration_seconds,
        max(case when event_type = 'checkout_started' then 1 else 0 end) = 1 as has_checkout,
        max(case when event_type = 'order_completed' then 1 else 0 end) = 1 as has_purchase,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at
    from numbered_events
    group by
        customer_id,
        source_name,
        session_number
)

select * from final
