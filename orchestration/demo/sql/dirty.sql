-- Rows as they should not be. Each statement reads "landed", the rows of one table, and gives rows
-- in the same columns. A header line "-- table: <source>.<table>" names the table.

-- table: shopify.customer
with few as (select * from landed order by updated_at, id limit 6)
select * replace (null as id) from few
union all by name
select * replace (
    timestamp '0001-01-01' as created_at, timestamp '0001-01-01' as updated_at, id + 1 as id
) from few
union all by name
select * replace (
    timestamp '9999-12-31' as created_at,
    timestamp '9999-12-31 23:59:59' as updated_at,
    id + 2 as id
) from few

-- table: shopify.order
with few as (select * from landed order by created_at, id limit 5)
select * replace (null as id) from few
union all by name
select * replace (
    timestamp '0001-01-01' as created_at, timestamp '0001-01-01' as processed_at, id + 1 as id
) from few
union all by name
select * replace (null as created_at, null as processed_at, id + 2 as id) from few
union all by name
select * replace (
    timestamp '9999-12-31' as created_at, timestamp '9999-12-31' as processed_at, id + 3 as id
) from few

-- table: shopify.order_line
with few as (select * from landed order by id limit 4)
select * replace (null as id) from few
union all by name
select * replace (null as order_id, id + 1 as id) from few

-- table: klaviyo.person
with few as (select * from landed order by updated, id limit 4)
select * replace (null as id, null as _person_id) from few
union all by name
select * replace (
    'DIRTY' || row_number() over (order by id) as id, null as _person_id,
    ['not an e-mail', 'nobody@', '@nowhere.example', 'a@b@c.example'][row_number(
        ) over (order by id
    )] as email,
    null as phone_number
) from few

-- table: klaviyo.event
with few as (select * from landed order by datetime, id limit 5)
select * replace (null as person_id, id || 'n' as id) from few
union all by name
select * replace (null as id) from few
union all by name
select * replace (timestamp '0001-01-01' as datetime, id || 'd' as id) from few

-- table: zendesk.user
with few as (select * from landed order by updated_at, id limit 3)
select * replace (null as id) from few

-- table: zendesk.ticket
with few as (select * from landed order by created_at, id limit 3)
select * replace (null as id) from few
union all by name
select * replace (
    '0001-01-01 00:00:00' as created_at, '0001-01-01 00:00:00' as updated_at, id * 10 + 9 as id
) from few

-- table: salesforce.contact
with few as (select * from landed order by last_modified_date, id limit 3)
select * replace (null as id) from few

-- table: stripe.charge
with few as (select * from landed order by created, id limit 3)
select * replace (null as id) from few
union all by name
select * replace (timestamp '9999-12-31' as created, id || 'x' as id) from few

-- table: segment.pages
with few as (select * from landed order by timestamp, id limit 8)
select * replace (null as id) from few
union all by name
select * replace (timestamp '0001-01-01' as timestamp, id || 'd' as id) from few
union all by name
-- A phone whose clock runs in another year.
select * replace (timestamp '2031-05-05 05:05:05' as timestamp, id || 'f' as id) from few

-- table: segment.tracks
with few as (select * from landed order by timestamp, id limit 8)
select * replace (null as id) from few
union all by name
select * replace (
    null as anonymous_id, null as user_id, id || 'a' as id, null as _person_id
) from few

-- table: ga4.events
with few as (select * from landed order by event_timestamp, user_pseudo_id, event_name limit 4)
select * replace (null as event_timestamp) from few
union all by name
select * replace (null as event_name) from few

-- table: pos.receipts
with few as (select * from landed order by receipt_at, receipt_id limit 4)
select * replace (null as receipt_id) from few
union all by name
select * replace (null as receipt_at, receipt_id || 'n' as receipt_id) from few

-- table: pos.receipt_lines
with few as (select * from landed order by receipt_at, receipt_id, line_no limit 4)
select * replace (null as receipt_id) from few

-- table: pos.visits
with few as (select * from landed order by visited_at, visit_id limit 3)
select * replace ('31/02/2026 10:00' as visited_at, visit_id || 'x' as visit_id) from few
union all by name
select * replace (null as visit_id) from few

-- table: erp.stock
with few as (select * from landed order by observed_at, variant_id, site_id limit 3)
select * replace (null as variant_id) from few

-- table: erp.finance_ledger
with few as (select * from landed order by posted_at, posting_id limit 3)
select * replace (null as posting_id) from few
union all by name
select * replace (timestamp '9999-12-31' as posted_at, posting_id || 'd' as posting_id) from few

-- table: loyalty.members
with few as (select * from landed order by updated_at, member_id limit 3)
select * replace (null as loyalty_number, null as member_id) from few

-- table: loyalty.points_transactions
with few as (select * from landed order by occurred_at, transaction_id limit 3)
select * replace (null as transaction_id) from few
union all by name
select * replace (
    timestamp '0001-01-01' as occurred_at, transaction_id || 'd' as transaction_id
) from few

-- table: ads.clicks
with few as (select * from landed order by clicked_at, click_id limit 3)
select * replace (null as click_id) from few
