{# The rule of reason * gives the rate by which an amount to the next tier is told. #}
select programmes.programme
from {{ ref('programmes') }} as programmes
left join {{ ref('earn_rules') }} as earn_rules
    on
        programmes.programme = earn_rules.programme
        and earn_rules.reason = '*'
where earn_rules.programme is null
