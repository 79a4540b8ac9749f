-- What no connector brings. The answers of the Lista Robinson, asked by hash for those who bought or
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

-- A data steward's review of person records drawn at random: each is compared with all records of its
-- person, of the household and of namesakes, which is where mistakes are made.
create or replace temp view "contract.identity_labels" as
with records as (
    select
        truth_seen.source_name,
        truth_seen.source_record_id,
        truth_seen.source_name || '|' || truth_seen.source_record_id as record_key,
        people.person_no,
        people.household_no,
        lower(strip_accents(people.given_name || ' ' || people.family_name_born)) as full_name
    from truth_seen
    inner join people using (person_id)
    where truth_seen.entity = 'customers' and people.kind = 'person'
    group by all
),

drawn as (
    select * from records
    where draw('labelled', record_key) < least(0.1, 100.0 / getvariable('people'))
),

compared as (
    select drawn.record_key as drawn_key, records.record_key as other_key
    from drawn
    inner join records using (household_no)
    union
    select drawn.record_key, records.record_key
    from drawn
    inner join records using (full_name)
),

pairs as (
    select
        least(drawn_key, other_key) as one_key,
        greatest(drawn_key, other_key) as other_key
    from compared
    where drawn_key <> other_key
    group by all
)

select
    'stewards' as source_name,
    'label-' || left(md5(one_key || ' ' || other_key), 16) as source_record_id,
    one.source_name as record_source_name,
    one.source_record_id as record_id,
    other.source_name as other_source_name,
    other.source_record_id as other_record_id,
    one.person_no = other.person_no as is_same_person,
    'data steward' as labelled_by,
    getvariable('until')::timestamp - to_seconds((
        86400 * (1 + 30 * draw('labelled on', one_key || ' ' || other_key))
    )::bigint) as labelled_at,
from pairs
inner join records as one on pairs.one_key = one.record_key
inner join records as other on pairs.other_key = other.record_key;
