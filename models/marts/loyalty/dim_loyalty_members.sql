{#- One row per member: a customer in a programme, whatever the number of cards. -#}
with

unified_customers as (
    select
        customer_id,
        loyalty_number,
        population,
        created_at
    from {{ ref('unified_customers') }}
),

unified_loyalty_events as (
    select
        customer_id,
        programme,
        loyalty_number,
        event_type,
        occurred_at
    from {{ ref('unified_loyalty_events') }}
    where customer_id is not null
),

ledger as (
    select
        member_key,
        movement_type,
        points,
        is_posted,
        occurred_at
    from {{ ref('fct_loyalty_ledger') }}
),

lots as (
    select
        member_key,
        points_remaining,
        expires_at
    from {{ ref('fct_loyalty_lots') }}
),

qualifying_points as (
    select
        member_key,
        qualifying_points,
        counts_from,
        counts_until
    from {{ ref('int_loyalty__qualifying_points') }}
),

tier_qualifications as (
    select * from {{ ref('int_loyalty__tier_qualifications') }}
),

programmes as (
    select
        programme,
        currency,
        point_value,
        tier_validity_months,
        is_default
    from {{ ref('programmes') }}
),

tiers as (
    select
        programme,
        tier_code,
        tier_name,
        tier_sequence,
        threshold
    from {{ ref('tiers') }}
),

earn_rules as (
    select
        programme,
        points_per_unit
    from {{ ref('earn_rules') }}
    where reason = '*'
),

default_programme as (
    select programme
    from programmes
    where is_default
),

{# A card on the customer's record makes a member even before the first movement. #}
enrolments as (
    select
        unified_loyalty_events.customer_id,
        coalesce(unified_loyalty_events.programme, default_programme.programme) as programme,
        count(distinct unified_loyalty_events.loyalty_number) as card_count,
        min(
            case
                when unified_loyalty_events.event_type = 'enrol'
                    then unified_loyalty_events.occurred_at
            end
        ) as first_enrolled_at,
        min(unified_loyalty_events.occurred_at) as first_event_at
    from unified_loyalty_events
    cross join default_programme
    group by
        unified_loyalty_events.customer_id,
        coalesce(unified_loyalty_events.programme, default_programme.programme)
),

card_holders as (
    select
        unified_customers.customer_id,
        default_programme.programme,
        1 as card_count,
        unified_customers.created_at as first_enrolled_at,
        unified_customers.created_at as first_event_at
    from unified_customers
    cross join default_programme
    where
        unified_customers.loyalty_number is not null
        and not exists (
            select 1
            from enrolments
            where enrolments.customer_id = unified_customers.customer_id
        )
),

members as (
    select
        customer_id,
        programme,
        card_count,
        first_enrolled_at,
        first_event_at
    from enrolments

    union all

    select
        customer_id,
        programme,
        card_count,
        first_enrolled_at,
        first_event_at
    from card_holders
),

member_rules as (
    select
        members.customer_id,
        members.programme,
        members.card_count,
        members.programme || '|' || members.customer_id as member_key,
        coalesce(programmes.programme, default_programme.programme) as rules_programme,
        coalesce(members.first_enrolled_at, members.first_event_at) as enrolled_at
    from members
    cross join default_programme
    left join programmes
        on members.programme = programmes.programme
),

movement_totals as (
    select
        member_key,
        sum(points) as points_balance,
        sum(case when movement_type = 'opening' then points else 0 end) as points_opening,
        sum(case when movement_type = 'earn' then points else 0 end) as points_earned,
        sum(case when movement_type = 'adjust' then points else 0 end) as points_adjusted,
        -sum(case when movement_type = 'burn' then points else 0 end) as points_burned,
        -sum(case when movement_type = 'expire' then points else 0 end) as points_expired,
        -sum(case when movement_type = 'reverse' then points else 0 end) as points_reversed,
        max(case when is_posted then occurred_at end) as last_movement_at
    from ledger
    group by member_key
),

expiring_points as (
    select
        member_key,
        sum(
            case
                when expires_at <= {{ add_time(as_of(), 30, 'day') }} then points_remaining
                else 0
            end
        ) as points_expiring_30_days,
        min(expires_at) as next_expiry_at
    from lots
    where points_remaining > 0
    group by member_key
),

window_points as (
    select
        member_key,
        sum(qualifying_points) as qualifying_points
    from qualifying_points
    where
        counts_from <= {{ as_of() }}
        and counts_until > {{ as_of() }}
    group by member_key
),

{# The lowest tier is everybody's and has no end; a higher one is kept for its validity after the
   window. #}
held_tiers as (
    select
        member_rules.member_key,
        tiers.tier_code,
        tiers.tier_name,
        tiers.tier_sequence,
        case
            when tiers.threshold > 0
                then {{ add_time(
                    'tier_qualifications.qualified_until',
                    'programmes.tier_validity_months',
                    'month'
                ) }}
        end as tier_valid_until
    from member_rules
    inner join programmes
        on member_rules.rules_programme = programmes.programme
    inner join tiers
        on member_rules.rules_programme = tiers.programme
    left join tier_qualifications
        on
            member_rules.member_key = tier_qualifications.member_key
            and tiers.tier_code = tier_qualifications.tier_code
    where
        tiers.threshold <= 0
        or {{ add_time(
            'tier_qualifications.qualified_until', 'programmes.tier_validity_months', 'month'
        ) }} > {{ as_of() }}
),

ranked_tiers as (
    select
        member_key,
        tier_code,
        tier_name,
        tier_sequence,
        tier_valid_until,
        row_number() over (partition by member_key order by tier_sequence desc) as tier_rank
    from held_tiers
),

next_tiers as (
    select
        programme,
        tier_sequence,
        lead(tier_code) over (partition by programme order by tier_sequence asc) as next_tier_code,
        lead(threshold) over (partition by programme order by tier_sequence asc) as next_threshold
    from tiers
),

measured as (
    select
        member_rules.member_key,
        member_rules.customer_id,
        member_rules.programme,
        ranked_tiers.tier_code,
        ranked_tiers.tier_name,
        next_tiers.next_tier_code,
        unified_customers.population,
        programmes.currency,
        programmes.point_value,
        earn_rules.points_per_unit,
        member_rules.card_count,
        ranked_tiers.tier_sequence,
        member_rules.enrolled_at,
        movement_totals.last_movement_at,
        expiring_points.next_expiry_at,
        ranked_tiers.tier_valid_until,
        coalesce(movement_totals.points_balance, 0) as points_balance,
        coalesce(movement_totals.points_opening, 0) as points_opening,
        coalesce(movement_totals.points_earned, 0) as points_earned,
        coalesce(movement_totals.points_adjusted, 0) as points_adjusted,
        coalesce(movement_totals.points_burned, 0) as points_burned,
        coalesce(movement_totals.points_expired, 0) as points_expired,
        coalesce(movement_totals.points_reversed, 0) as points_reversed,
        coalesce(expiring_points.points_expiring_30_days, 0) as points_expiring_30_days,
        coalesce(window_points.qualifying_points, 0) as qualifying_points,
        case
            when next_tiers.next_threshold is not null
                then greatest(
                    0, next_tiers.next_threshold - coalesce(window_points.qualifying_points, 0)
                )
        end as points_to_next_tier
    from member_rules
    inner join programmes
        on member_rules.rules_programme = programmes.programme
    inner join ranked_tiers
        on
            member_rules.member_key = ranked_tiers.member_key
            and ranked_tiers.tier_rank = 1
    left join next_tiers
        on
            member_rules.rules_programme = next_tiers.programme
            and ranked_tiers.tier_sequence = next_tiers.tier_sequence
    left join unified_customers
        on member_rules.customer_id = unified_customers.customer_id
    left join earn_rules
        on member_rules.rules_programme = earn_rules.programme
    left join movement_totals
        on member_rules.member_key = movement_totals.member_key
    left join expiring_points
        on member_rules.member_key = expiring_points.member_key
    left join window_points
        on member_rules.member_key = window_points.member_key
),

final as (
    select
        member_key,
        customer_id,
        programme,
        cast(tier_code as string) as tier_code,
        cast(tier_name as string) as tier_name,
        cast(next_tier_code as string) as next_tier_code,
        population,
        cast(currency as string) as currency,
        cast(card_count as bigint) as card_count,
        cast(tier_sequence as bigint) as tier_sequence,
        cast(points_balance as bigint) as points_balance,
        cast(points_opening as bigint) as points_opening,
        cast(points_earned as bigint) as points_earned,
        cast(points_adjusted as bigint) as points_adjusted,
        cast(points_burned as bigint) as points_burned,
        cast(points_expired as bigint) as points_expired,
        cast(points_reversed as bigint) as points_reversed,
        cast(points_expiring_30_days as bigint) as points_expiring_30_days,
        cast(qualifying_points as bigint) as qualifying_points,
        cast(points_to_next_tier as bigint) as points_to_next_tier,
        cast(
            ceil(
                cast(points_to_next_tier as double)
                / nullif(cast(points_per_unit as double), 0)
            ) as decimal(18, 2)
        ) as amount_to_next_tier,
        cast(
            round(cast(points_balance as double) * cast(point_value as double), 2)
            as decimal(18, 2)
        ) as balance_value,
        cast(enrolled_at as timestamp) as enrolled_at,
        cast(last_movement_at as timestamp) as last_movement_at,
        cast(next_expiry_at as timestamp) as next_expiry_at,
        cast(tier_valid_until as timestamp) as tier_valid_until
    from measured
)

select * from final
