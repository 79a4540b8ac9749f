{#- One row per movement of points that a source states, under one member per customer and
    programme. A transaction that is delivered again, under any record, counts once. -#}
with

unified_loyalty_events as (
    select
        customer_id,
        source_name,
        source_record_id,
        event_id,
        loyalty_number,
        programme,
        points_currency,
        event_type,
        reason,
        order_id,
        line_id,
        points,
        occurred_at,
        expires_at
    from {{ ref('unified_loyalty_events') }}
    where customer_id is not null
),

programmes as (
    select
        programme,
        expiry_model,
        validity_months,
        is_default
    from {{ ref('programmes') }}
),

earn_rules as (
    select
        programme,
        reason
    from {{ ref('earn_rules') }}
    where is_opening
),

default_programme as (
    select programme
    from programmes
    where is_default
),

deliveries as (
    select
        unified_loyalty_events.customer_id,
        unified_loyalty_events.source_name,
        unified_loyalty_events.loyalty_number,
        unified_loyalty_events.event_type,
        unified_loyalty_events.reason,
        unified_loyalty_events.order_id,
        unified_loyalty_events.line_id,
        unified_loyalty_events.points,
        unified_loyalty_events.occurred_at,
        unified_loyalty_events.expires_at,
        coalesce(unified_loyalty_events.event_id, unified_loyalty_events.source_record_id)
            as source_txn_id,
        coalesce(unified_loyalty_events.programme, default_programme.programme) as programme,
        coalesce(programmes.programme, default_programme.programme) as rules_programme,
        row_number() over (
            partition by
                unified_loyalty_events.source_name,
                coalesce(unified_loyalty_events.event_id, unified_loyalty_events.source_record_id),
                unified_loyalty_events.event_type,
                coalesce(unified_loyalty_events.line_id, ''),
                coalesce(unified_loyalty_events.points_currency, '')
            order by
                unified_loyalty_events.occurred_at asc,
                unified_loyalty_events.source_record_id asc
        ) as delivery_rank
    from unified_loyalty_events
    cross join default_programme
    left join programmes
        on unified_loyalty_events.programme = programmes.programme
    where coalesce(unified_loyalty_events.points, 0) <> 0
),

classified as (
    select
        deliveries.customer_id,
        deliveries.programme,
        deliveries.rules_programme,
        deliveries.source_name,
        deliveries.source_txn_id,
        deliveries.loyalty_number,
        deliveries.reason,
        deliveries.order_id,
        deliveries.line_id,
        deliveries.occurred_at,
        deliveries.expires_at,
        deliveries.programme || '|' || deliveries.customer_id as member_key,
        deliveries.source_name
        || '|' || deliveries.source_txn_id
        || '|' || deliveries.event_type
        || '|' || coalesce(deliveries.line_id, '') as movement_key,
        case
            when earn_rules.reason is not null and deliveries.points > 0 then 'opening'
            when deliveries.event_type = 'enrol' and deliveries.points > 0 then 'earn'
            when deliveries.event_type = 'earn' and deliveries.points < 0 then 'reverse'
            when deliveries.event_type in ('earn', 'burn', 'expire', 'reverse')
                then deliveries.event_type
            else 'adjust'
        end as movement_type,
        case
            when deliveries.event_type in ('burn', 'expire') then -abs(deliveries.points)
            else deliveries.points
        end as points
    from deliveries
    left join earn_rules
        on
            deliveries.rules_programme = earn_rules.programme
            and deliveries.reason = earn_rules.reason
    where deliveries.delivery_rank = 1
),

{# The source's own expiries give way where the programme's are worked out here: counted twice
   otherwise. #}
kept as (
    select
        classified.member_key,
        classified.customer_id,
        classified.programme,
        classified.rules_programme,
        classified.movement_key,
        classified.source_name,
        classified.source_txn_id,
        classified.loyalty_number,
        classified.movement_type,
        classified.reason,
        classified.order_id,
        classified.line_id,
        classified.points,
        classified.movement_type in ('opening', 'earn', 'adjust')
        and classified.points > 0 as is_lot,
        programmes.expiry_model,
        classified.occurred_at,
        case
            when programmes.expiry_model <> 'none'
                then coalesce(
                    classified.expires_at,
                    {{ add_time('classified.occurred_at', 'programmes.validity_months', 'month') }}
                )
        end as stated_expires_at
    from classified
    inner join programmes
        on classified.rules_programme = programmes.programme
    where not (programmes.expiry_model = 'derived' and classified.movement_type = 'expire')
),

{# Points are used oldest first, so a lot never lapses before an older one: its expiry is the
   latest so far. #}
final as (
    select
        member_key,
        customer_id,
        programme,
        rules_programme,
        movement_key,
        source_name,
        source_txn_id,
        loyalty_number,
        movement_type,
        reason,
        order_id,
        line_id,
        expiry_model,
        points,
        is_lot,
        occurred_at,
        case
            when is_lot
                then max(case when is_lot then stated_expires_at end) over (
                    partition by member_key
                    order by occurred_at asc, movement_key asc
                    rows between unbounded preceding and current row
                )
        end as expires_at,
        case
            when is_lot
                then sum(case when is_lot then points else 0 end) over (
                    partition by member_key
                    order by occurred_at asc, movement_key asc
                    rows between unbounded preceding and current row
                )
        end as points_granted_so_far
    from kept
)

select * from final
