{# Where expiry is worked out here, a lot past its expiry is empty. #}
select
    lots.movement_key,
    lots.points_remaining,
    lots.expires_at
from {{ ref('fct_loyalty_lots') }} as lots
inner join {{ ref('programmes') }} as programmes
    on lots.rules_programme = programmes.programme
where
    programmes.expiry_model = 'derived'
    and lots.expires_at <= {{ as_of() }}
    and lots.points_remaining > 0
