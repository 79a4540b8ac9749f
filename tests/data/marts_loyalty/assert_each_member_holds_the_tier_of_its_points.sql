{# Every member holds exactly one tier, never one below what the points in the window reach now. #}
select
    members.member_key,
    members.tier_code,
    members.qualifying_points,
    max(tiers.tier_sequence) as reached_sequence
from {{ ref('dim_loyalty_members') }} as members
left join {{ ref('programmes') }} as programmes
    on members.programme = programmes.programme
left join {{ ref('programmes') }} as default_programmes
    on default_programmes.is_default
inner join {{ ref('tiers') }} as tiers
    on
        coalesce(programmes.programme, default_programmes.programme) = tiers.programme
        and (members.qualifying_points >= tiers.threshold or tiers.threshold <= 0)
group by
    members.member_key,
    members.tier_code,
    members.tier_sequence,
    members.qualifying_points
having max(tiers.tier_sequence) > members.tier_sequence
