-- Facts that the seed lets cross although no model carries them, and must not: consent, contact
-- points, points and orders stay each person's own.
with

household_facts as (
    select * from {{ ref('household_facts') }}
)

select fact
from household_facts
where
    may_cross
    and fact not in ('home_address', 'order_totals')
