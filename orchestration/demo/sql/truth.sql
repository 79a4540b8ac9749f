-- Who stands behind which record. Each statement reads "landed", the clean rows of one table with
-- the person behind each, and names the records as the staging models do.

-- table: shopify.customer
select
    'shopify' as source_name,
    'customers' as entity,
    id::varchar as source_record_id,
    _person_id as person_id
from landed group by all

-- table: shopify.order
select
    'shopify' as source_name,
    'customers' as entity,
    'order-' || id as source_record_id,
    _person_id as person_id
from landed group by all
union all by name
select
    'shopify' as source_name,
    'orders' as entity,
    id::varchar as source_record_id,
    _person_id as person_id
from landed group by all

-- table: stripe.customer
select
    'stripe' as source_name,
    'customers' as entity,
    id as source_record_id,
    _person_id as person_id
from landed group by all

-- table: klaviyo.person
select
    'klaviyo' as source_name,
    'customers' as entity,
    id as source_record_id,
    _person_id as person_id
from landed group by all

-- table: zendesk.user
select
    'zendesk' as source_name,
    'customers' as entity,
    id::varchar as source_record_id,
    _person_id as person_id
from landed group by all

-- table: salesforce.contact
select
    'salesforce' as source_name,
    'customers' as entity,
    id as source_record_id,
    _person_id as person_id
from landed group by all

-- table: salesforce.lead
select
    'salesforce' as source_name,
    'customers' as entity,
    'lead-' || id as source_record_id,
    _person_id as person_id
from landed group by all

-- table: loyalty.members
select
    'loyalty' as source_name,
    'customers' as entity,
    loyalty_number as source_record_id,
    _person_id as person_id
from landed group by all

-- table: pos.receipts
select
    'pos' as source_name,
    'orders' as entity,
    receipt_id as source_record_id,
    _person_id as person_id,
    coalesce(loyalty_number, email, phone) is not null as has_identifier
from landed where receipt_type = 'sale' group by all

-- table: segment.identifies
select
    'segment' as source_name,
    'customers' as entity,
    case
        when user_id is not null then 'user-' || user_id
        else 'anonymous-' || anonymous_id || '-'
            || left(sha256(coalesce(email, '') || '|' || coalesce(phone, '')), 16)
    end as source_record_id,
    _person_id as person_id
from landed group by all
union all by name
select 'segment' as source_name, anonymous_id, _person_id as person_id
from landed where anonymous_id is not null group by all

-- table: segment.pages
select 'segment' as source_name, anonymous_id, _person_id as person_id
from landed where anonymous_id is not null group by all

-- table: segment.screens
select 'segment' as source_name, anonymous_id, _person_id as person_id
from landed where anonymous_id is not null group by all

-- table: segment.tracks
select 'segment' as source_name, anonymous_id, _person_id as person_id
from landed where anonymous_id is not null group by all

-- table: ga4.events
select 'ga4' as source_name, user_pseudo_id as anonymous_id, _person_id as person_id
from landed where user_pseudo_id is not null group by all

-- table: zendesk.ticket
select
    'zendesk' as source_name,
    'service_contacts' as entity,
    id::varchar as source_record_id,
    _person_id as person_id
from landed group by all
