{#- One row per movement that counts towards a tier, at the time and for the window in which it
    counts. A reversal counts against the purchase that it undoes, in that purchase's window. -#}
with

ledger as (
    select
        movement_key,
        member_key,
        rules_programme,
        movement_type,
        reason,
        order_id,
        points,
        occurred_at
    from {{ ref('fct_loyalty_ledger') }}
    where movement_type in ('opening', 'earn', 'reverse')
),

programmes as (
    select
        programme,
        qualification_window,
        window_months
    from {{ ref('programmes') }}
),

earn_rules as (
    select
        programme,
        reason,
        is_qualifying
    from {{ ref('earn_rules') }}
),

earned as (
    select
        ledger.movement_key,
        ledger.member_key,
        ledger.rules_programme,
        ledger.order_id,
        ledger.points,
        ledger.occurred_at as counts_from
    from ledger
    left join earn_rules as reason_rules
        on
            ledger.rules_programme = reason_rules.programme
            and ledger.reason = reason_rules.reason
    left join earn_rules as general_rules
        on
            ledger.rules_programme = general_rules.programme
            and general_rules.reason = '*'
    where
        ledger.movement_type in ('opening', 'earn')
        and coalesce(reason_rules.is_qualifying, general_rules.is_qualifying, false)
),

order_earnings as (
    select
        member_key,
        order_id,
        min(counts_from) as earned_at
    from earned
    where order_id is not null
    group by member_key, order_id
),

reversed as (
    select
        ledger.movement_key,
        ledger.member_key,
        ledger.rules_programme,
        ledger.points,
        order_earnings.earned_at as counts_from
    from ledger
    inner join order_earnings
        on
            ledger.member_key = order_earnings.member_key
            and ledger.order_id = order_earnings.order_id
    where
        ledger.movement_type = 'reverse'
        and ledger.points < 0
),

unioned as (
    select
        movement_key,
        member_key,
        rules_programme,
        points,
        counts_from
    from earned

    union all

    select
        movement_key,
        member_key,
        rules_programme,
        points,
        counts_from
    from reversed
),

final as (
    select
        unioned.movement_key,
        unioned.member_key,
        unioned.rules_programme,
        unioned.points as qualifying_points,
        unioned.counts_from,
        case programmes.qualification_window
            when 'calendar_year'
                then {{ local_to_utc(
                    add_time(
                        "date_trunc('year', "
                        ~ utc_to_local('unioned.counts_from', "'" ~ var('reporting_timezone') ~ "'")
                        ~ ")",
                        1,
                        'year'
                    ),
                    "'" ~ var('reporting_timezone') ~ "'"
                ) }}
            else {{ add_time('unioned.counts_from', 'programmes.window_months', 'month') }}
        end as counts_until
    from unioned
    inner join programmes
        on unioned.rules_programme = programmes.programme
)

select * from final
