{#- One row per grant of points, with what is left of it. The newest grants hold the balance. -#}
with

ledger as (
    select
        movement_key,
        member_key,
        customer_id,
        programme,
        rules_programme,
        movement_type,
        movement_number,
        points,
        occurred_at,
        expires_at
    from {{ ref('fct_loyalty_ledger') }}
),

balances as (
    select
        member_key,
        sum(points) as balance
    from ledger
    group by member_key
),

{# A lot keeps what the balance still covers after the newer lots have taken their part of it. #}
lots as (
    select
        movement_key,
        member_key,
        customer_id,
        programme,
        rules_programme,
        movement_type,
        points,
        occurred_at,
        expires_at,
        coalesce(
            sum(points) over (
                partition by member_key
                order by movement_number desc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as newer_points
    from ledger
    where
        movement_type in ('opening', 'earn', 'adjust')
        and points > 0
),

final as (
    select
        lots.movement_key,
        lots.member_key,
        lots.customer_id,
        lots.programme,
        lots.rules_programme,
        lots.movement_type,
        lots.points as points_granted,
        cast(
            greatest(0, least(lots.points, balances.balance - lots.newer_points)) as bigint
        ) as points_remaining,
        lots.occurred_at as granted_at,
        lots.expires_at
    from lots
    inner join balances
        on lots.member_key = balances.member_key
)

select * from final
