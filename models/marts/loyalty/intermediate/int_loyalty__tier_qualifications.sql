{#- One row per member and tier above the lowest that was ever reached, with the last instant at
    which the points in the window reach it if nothing more is earned. -#}
with

qualifying_points as (
    select * from {{ ref('int_loyalty__qualifying_points') }}
),

tiers as (
    select
        programme,
        tier_code,
        tier_sequence,
        threshold
    from {{ ref('tiers') }}
    where threshold > 0
),

changes as (
    select
        member_key,
        rules_programme,
        qualifying_points as points_change,
        counts_from as changed_at
    from qualifying_points

    union all

    select
        member_key,
        rules_programme,
        -qualifying_points as points_change,
        counts_until as changed_at
    from qualifying_points
),

instants as (
    select
        member_key,
        rules_programme,
        changed_at,
        sum(points_change) as points_change
    from changes
    group by member_key, rules_programme, changed_at
),

spans as (
    select
        member_key,
        rules_programme,
        changed_at as span_from,
        sum(points_change) over (
            partition by member_key
            order by changed_at asc
            rows between unbounded preceding and current row
        ) as points_in_window,
        lead(changed_at) over (
            partition by member_key
            order by changed_at asc
        ) as span_until
    from instants
),

final as (
    select
        spans.member_key,
        tiers.programme as rules_programme,
        tiers.tier_code,
        tiers.tier_sequence,
        min(spans.span_from) as first_reached_at,
        max(spans.span_until) as qualified_until
    from spans
    inner join tiers
        on
            spans.rules_programme = tiers.programme
            and spans.points_in_window >= tiers.threshold
    group by spans.member_key, tiers.programme, tiers.tier_code, tiers.tier_sequence
)

select * from final
