-- The people themselves, for the truth kept apart from the landing folder.
create or replace temp view "truth.persons" as
select
    person_id,
    kind,
    given_name,
    family_name_born as family_name,
    second_family_name,
    birth_date,
    gender,
    'h' || lpad(household_no::varchar, 9, '0') as household_id,
    country_code,
    has_account,
    is_member,
    is_child as is_under_14,
    moved_at,
    married_at,
from people
union all by name
select person_id, 'bot' as kind
from bots
union all by name
select 'kiosk-' || store_id as person_id, 'kiosk' as kind
from seed_shops
where getvariable('is_first_chunk');

create or replace temp table kiosks as
select as_uuid(opaque('anonymous', 'kiosk ' || store_id || ' 0')) as anonymous_id
from seed_shops;
