-- Older versions of records that changed later: the loader keeps both, the newer one counts.

create or replace temp view "shopify.order__more" as
select * replace (
    created_at + to_seconds(20) as updated_at,
    'pending' as financial_status,
    null as fulfillment_status,
    null as cancelled_at,
    null as cancel_reason
)
from "shopify.order"
where draw('older version', id) < 0.04;

create or replace temp view "klaviyo.person__more" as
select * replace (
    created as updated,
    null as last_name,
    null as phone_number,
    null as custom_suppress,
    case when custom_consent is not null then true else custom_accepts_marketing end
        as custom_accepts_marketing
)
from "klaviyo.person"
where draw('older version', id) < 0.06 and updated > created;

-- The card as it was filled in by hand in the shop, before the mistake was mended.
create or replace temp view "loyalty.members__more" as
select * replace (
    enrolled_at as updated_at,
    upper(first_name) as first_name,
    split_part(last_name, ' ', 1) as last_name,
    null as address,
    null as birth_date
)
from "loyalty.members"
where draw('older version', loyalty_number) < 0.04 and updated_at > enrolled_at;

create or replace temp view "zendesk.ticket__more" as
select * replace (
    created_at + to_seconds(30) as updated_at,
    'new' as status,
    null as solved_at,
    'unoffered' as satisfaction_score,
    coalesce(_merged_id, requester_id) as requester_id,
    '[]' as merged_ticket_ids
)
from "zendesk.ticket"
where _merged_id is not null
    or (draw('older version', id) < 0.1 and status in ('solved', 'closed'));
