-- What no connector brings: the answers of the Lista Robinson, asked by hash for those who bought or
-- registered. Some addresses are on it, some were looked up too long ago, some never.

create or replace temp view "contract.list_checks" as
with points as (
    select person_no, person_id, 'email' as identifier_type, lower(email) as contact_point
    from people
    where email is not null
    union all
    select person_no, person_id, 'phone', '+' || phone_prefix || phone
    from people
    where phone is not null
)

select
    'robinson' as source_name,
    'robinson_es|' || sha256(contact_point) || '|' || person_no as source_record_id,
    'robinson_es' as list_code,
    identifier_type,
    sha256(contact_point) as identifier_hash,
    case when draw('robinson listed', contact_point) < 0.07 then 'listed' else 'not_listed' end
        as result,
    getvariable('until')::timestamp - to_seconds((
        86400 * (1 + 40 * draw('robinson day', person_no || identifier_type))
    )::bigint) as checked_at,
    null::timestamp as valid_to,
    person_id as _person_id,
from points
where draw('robinson asked', person_no || identifier_type) < 0.8;
