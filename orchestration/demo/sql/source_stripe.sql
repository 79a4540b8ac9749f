-- Stripe: payments by card of the web shop, in cents; metadata names the Shopify order.

create or replace temp view "stripe.customer" as
with payers as (
    select person_no, min(purchased_at) as first_paid_at
    from orders
    where channel = 'web' and is_signed_in and payment_gateway(purchase_no) = 'shopify_payments'
    group by person_no
)

select
    'cus_' || left(opaque('stripe customer', person_no), 14) as id,
    as_typed(given_name || ' ' || family_name_born, draw('stripe name', person_no)) as name,
    email,
    case when draw('stripe phone', person_no) < 0.35 then phone_as_typed(
        phone_prefix, phone, draw('stripe phone style', person_no)
    ) end as phone,
    'Tienda Norte' as description,
    first_paid_at as created,
    'eur' as currency,
    draw('stripe deleted', person_no) < 0.003 as is_deleted,
    kind <> 'test' as livemode,
    street as address_line_1,
    city as address_city,
    postal_code as address_postal_code,
    country_code as address_country,
    given_name || ' ' || family_name_born as shipping_name,
    phone_as_typed(phone_prefix, phone, draw('stripe ship phone', person_no)) as shipping_phone,
    '{"shopify_customer_id": "' || 6000000000000 + scramble(person_no * 2) || '"}' as metadata,
    person_id as _person_id,
from payers
join people using (person_no);

create or replace temp view "stripe.charge" as
with paid as (
    select *
    from orders
    where channel = 'web' and payment_gateway(purchase_no) = 'shopify_payments'
),

attempts as (
    select *, true as succeeded, purchased_at + to_seconds(5) as charged_at,
    from paid
    union all
    select *, false, purchased_at - to_seconds(50),
    from paid
    where draw('declined', purchase_no) < 0.04
)

select
    case when succeeded then 'ch_' else 'ch_f' end || left(opaque('charge', purchase_no), 22) as id,
    case
        when is_signed_in then 'cus_' || left(opaque('stripe customer', person_no), 14)
    end as customer_id,
    'pi_' || left(opaque('intent', purchase_no), 22) as payment_intent_id,
    case
        when is_signed_in then 'pm_' || left(opaque('method', person_no), 22)
        else 'pm_g' || left(opaque('guest method', purchase_no), 21)
    end as payment_method_id,
    ((net + tax + shipping) * 100)::bigint as amount,
    case
        when not succeeded then 0
        when is_cancelled then ((net + tax + shipping) * 100)::bigint
        else ((returned_net + returned_tax) * 100)::bigint
    end as amount_refunded,
    'eur' as currency,
    case when succeeded then 'succeeded' else 'failed' end as status,
    succeeded as paid,
    succeeded as captured,
    succeeded and (is_cancelled or returned_net + returned_tax = net + tax + shipping) as refunded,
    not is_test as livemode,
    email_as_typed(order_email_true, draw('receipt email', purchase_no)) as receipt_email,
    'Pedido ' || order_id as description,
    given_name || ' ' || family_name_born as shipping_name,
    phone_as_typed(phone_prefix, order_phone_true, draw('ship phone', purchase_no))
        as shipping_phone,
    case when not succeeded then 'card_declined' end as failure_code,
    charged_at as created,
    '{"order_id": "' || order_id || '"}' as metadata,
from attempts;

create or replace temp view "stripe.refund" as
select
    're_' || left(opaque('charge', purchase_no), 22) as id,
    'ch_' || left(opaque('charge', purchase_no), 22) as charge_id,
    case when is_cancelled then ((net + tax + shipping) * 100)::bigint
        else ((returned_net + returned_tax) * 100)::bigint end as amount,
    'eur' as currency,
    'requested_by_customer' as reason,
    'succeeded' as status,
    case when is_cancelled
        then least(purchased_at + to_hours(26), getvariable('until') - to_seconds(50))
        else returned_at end as created,
    '{"order_id": "' || order_id || '"}' as metadata,
from orders
where channel = 'web' and payment_gateway(purchase_no) = 'shopify_payments'
    and (is_cancelled or returned_units > 0);

-- The card of an account, or one for each order of a guest, with the billing details given.
create or replace temp table payment_methods as
select
    'pm_' || left(opaque('method', person_no), 22) as id,
    'cus_' || left(opaque('stripe customer', person_no), 14) as customer_id,
    person_no as method_key,
    any_value(given_name || ' ' || family_name_born) as billing_detail_name,
    any_value(email) as billing_detail_email,
    any_value(postal_code) as billing_detail_address_postal_code,
    any_value(country_code) as billing_detail_address_country,
    bool_and(not is_test) as livemode,
    min(purchased_at) as created,
from orders
where channel = 'web' and is_signed_in and payment_gateway(purchase_no) = 'shopify_payments'
group by person_no
union all
select
    'pm_g' || left(opaque('guest method', purchase_no), 21),
    null,
    purchase_no,
    given_name || ' ' || family_name_born,
    order_email_true,
    postal_code,
    country_code,
    not is_test,
    purchased_at,
from orders
where channel = 'web' and not is_signed_in and payment_gateway(purchase_no) = 'shopify_payments';

create or replace temp view "stripe.payment_method" as
select
    * exclude (method_key),
    case when draw('direct debit', id) < 0.06 then 'sepa_debit' else 'card' end as type,
from payment_methods;

create or replace temp view "stripe.payment_method_card" as
select
    id as payment_method_id,
    draw_any('brand', id, ['visa', 'visa', 'mastercard', 'amex']) as brand,
    draw_any('funding', id, ['debit', 'credit']) as funding,
    case when draw('wallet', id) < 0.2 then 'apple_pay' end as wallet_type,
from payment_methods
where draw('direct debit', id) >= 0.06;

create or replace temp view "stripe.dispute" as
select
    'du_' || left(opaque('dispute', purchase_no), 22) as id,
    'ch_' || left(opaque('charge', purchase_no), 22) as charge_id,
    ((net + tax + shipping) * 100)::bigint as amount,
    'eur' as currency,
    draw_any('dispute state', purchase_no, ['lost', 'won', 'needs_response']) as status,
    draw_any('dispute reason', purchase_no, ['fraudulent', 'product_not_received', 'general'])
        as reason,
    not is_test as livemode,
    least(purchased_at + to_days(25), getvariable('until') - to_seconds(90)) as created,
from orders
where channel = 'web'
    and payment_gateway(purchase_no) = 'shopify_payments'
    and draw('disputed', purchase_no) < 0.012;
