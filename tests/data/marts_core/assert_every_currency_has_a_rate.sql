-- An amount in a currency without a rate would silently be worth nothing: add a row to the seed
-- currency_rates, or change the var reporting_currency.
select currency
from {{ ref('fct_orders') }}
where net_amount_reporting is null
group by currency

union

select currency
from {{ ref('fct_returns') }}
where amount_reporting is null
group by currency
