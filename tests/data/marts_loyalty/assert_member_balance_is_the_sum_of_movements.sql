{# The balance of a member, the balance after the last movement and the sum by type are one
   number. #}
with

ledger_totals as (
    select
        member_key,
        sum(points) as points_balance,
        max(movement_number) as last_number,
        count(*) as movement_count
    from {{ ref('fct_loyalty_ledger') }}
    group by member_key
),

last_movements as (
    select
        ledger_totals.member_key,
        ledger_totals.points_balance,
        ledger_totals.last_number,
        ledger_totals.movement_count,
        ledger.balance_after
    from ledger_totals
    inner join {{ ref('fct_loyalty_ledger') }} as ledger
        on
            ledger_totals.member_key = ledger.member_key
            and ledger_totals.last_number = ledger.movement_number
)

select
    members.member_key,
    members.points_balance,
    last_movements.points_balance as ledger_balance,
    last_movements.balance_after
from {{ ref('dim_loyalty_members') }} as members
full outer join last_movements
    on members.member_key = last_movements.member_key
where
    members.member_key is null
    or members.points_balance <> coalesce(last_movements.points_balance, 0)
    or last_movements.points_balance <> last_movements.balance_after
    or last_movements.last_number <> last_movements.movement_count
    or members.points_balance
    <> members.points_opening + members.points_earned + members.points_adjusted
    - members.points_burned - members.points_expired - members.points_reversed
