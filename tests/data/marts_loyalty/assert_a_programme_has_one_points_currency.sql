{# Points of two currencies must not be added up: give each its own programme name in staging. #}
select
    coalesce(programme, '') as programme,
    count(distinct points_currency) as currency_count
from {{ ref('unified_loyalty_events') }}
group by coalesce(programme, '')
having count(distinct points_currency) > 1
