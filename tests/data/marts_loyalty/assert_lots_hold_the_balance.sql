{# What is left in the lots is the balance, never less than nothing and never more than was
   granted. Points given back beyond what was granted have no lot, so a balance may exceed the
   lots by those alone. #}
with

lots as (
    select
        member_key,
        sum(points_remaining) as points_remaining,
        sum(points_granted) as points_granted,
        min(points_remaining) as least_remaining,
        max(points_remaining - points_granted) as most_excess
    from {{ ref('fct_loyalty_lots') }}
    group by member_key
)

select
    members.member_key,
    members.points_balance,
    lots.points_remaining
from {{ ref('dim_loyalty_members') }} as members
inner join lots
    on members.member_key = lots.member_key
where
    lots.least_remaining < 0
    or lots.most_excess > 0
    or lots.points_remaining <> greatest(0, least(members.points_balance, lots.points_granted))
