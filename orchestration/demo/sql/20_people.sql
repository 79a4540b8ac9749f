-- The people of this chunk, their households, names, contact points and habits.

create or replace temp table people_base as
with numbered as (
    select person_no
    from range(getvariable('first_person'), getvariable('last_person') + 1) as numbers (person_no)
),

households as (
    -- A household is a run of neighbours in the numbering; chunks do not cut one apart, because
    -- each chunk begins with a new one.
    select
        person_no,
        max(
            case
                when person_no = getvariable('first_person')
                    or draw('new household', person_no) < 0.55
                    then person_no
            end
        ) over (order by person_no) as household_no,
    from numbered
),

cultures as (
    select
        *,
        case
            when draw('culture', household_no) < 0.74 then 'es'
            when draw('culture', household_no) < 0.84 then 'ca'
            when draw('culture', household_no) < 0.87 then 'ar'
            when draw('culture', household_no) < 0.90 then 'ro'
            when draw('culture', household_no) < 0.92 then 'en'
            when draw('culture', household_no) < 0.94 then 'pt'
            when draw('culture', household_no) < 0.96 then 'fr'
            when draw('culture', household_no) < 0.975 then 'it'
            when draw('culture', household_no) < 0.99 then 'de'
            else 'zh'
        end as culture,
        draw('test', person_no) as kind_draw,
        draw('gender', person_no) as gender_draw,
        row_number() over (partition by household_no order by person_no) as household_position,
        count(*) over (partition by household_no) as household_size,
    from households
)

select
    person_no,
    'p' || lpad(person_no::varchar, 9, '0') as person_id,
    case
        when kind_draw < 0.001 then 'test'
        when kind_draw < 0.004 then 'staff'
        else 'person'
    end as kind,
    household_no,
    household_position,
    household_size,
    culture,
    case
        when culture in ('pt', 'fr', 'it', 'de', 'en') and draw('abroad', household_no) < 0.6
            then upper(replace(culture, 'en', 'gb'))
        else 'ES'
    end as country_code,
    case
        when culture in ('es', 'ca', 'ar', 'ro', 'zh') then 'es'
        else culture
    end as language,
    case when gender_draw < 0.56 then 'female' else 'male' end as gender,
    case
        when household_position > 2 and draw('child', person_no) < 0.6
            then 6 + draw_integer('age', person_no, 14)
        else 18 + floor(62 * power(draw('age', person_no), 1.25))::bigint
    end as age,
from cultures;

create or replace temp table people as
with named as (
    select
        people_base.*,
        draw_element('given', person_no, given_name_lists.names) as given,
        draw_element(
            'family',
            case
                when draw('own family name', person_no) < 0.45 then person_no
                else household_no
            end,
            surname_lists.surnames
        ) as family_name_born,
        draw_element('second family', person_no, surname_lists.surnames) as second_family_drawn,
        draw_element('married', household_no, surname_lists.surnames) as family_name_married,
        place_lists.places[
            1 + floor(len(place_lists.places) * power(draw('place', household_no), 1.7))::bigint
        ] as place,
        place_lists.places[1 + draw_integer('new place', household_no, len(place_lists.places))]
            as new_place,
        place_lists.streets[1 + draw_integer('street', household_no, len(place_lists.streets))]
            || ', ' || 1 + draw_integer('door', household_no, 140)
            || case
                when draw('floor', household_no) < 0.6
                    then ', ' || 1 + draw_integer('storey', household_no, 8) || 'º '
                        || draw_any('side', household_no, ['A', 'B', 'C', 'D', 'Izq', 'Dcha'])
                else ''
            end as street,
        place_lists.streets[1 + draw_integer('new street', household_no, len(place_lists.streets))]
            || ' ' || 1 + draw_integer('new door', household_no, 140) as new_street,
    from people_base
    join given_name_lists
        on people_base.culture = given_name_lists.culture
        and people_base.gender = given_name_lists.gender
    join surname_lists on people_base.culture = surname_lists.culture
    join place_lists on people_base.country_code = place_lists.country_code
),

described as (
    select
        named.* exclude (given, second_family_drawn, place, new_place, age),
        given.given_name as given_name,
        given.nickname,
        case when culture in ('es', 'ca', 'pt') then second_family_drawn end as second_family_name,
        case
            when gender = 'female' and culture not in ('es', 'ca') and age > 22
                and draw('marries', person_no) < 0.12
                then getvariable('since') + to_days(
                    draw_integer('wedding', person_no, getvariable('days'))::integer
                )
        end::timestamp as married_at,
        (
            getvariable('until') - to_days((age * 365.25)::integer + 1
            + draw_integer('birthday', person_no, 365)::integer)
        )::date as birth_date,
        place.city as city,
        place.region as region,
        place.prefix
        || case
            when country_code = 'GB' then ' ' || 1 + draw_integer('postal', household_no, 9) || 'AB'
            when country_code = 'PT'
                then lpad(draw_integer('postal', household_no, 99)::varchar, 2, '0') || '-'
                    || lpad(draw_integer('postal end', household_no, 999)::varchar, 3, '0')
            else lpad((1 + draw_integer('postal', household_no, 60))::varchar, 3, '0')
        end as postal_code,
        new_place.city as new_city,
        new_place.region as new_region,
        new_place.prefix
        || case
            when country_code = 'GB' then ' ' || 1 + draw_integer('new postal', household_no, 9)
                || 'CD'
            when country_code = 'PT'
                then lpad(draw_integer('new postal', household_no, 99)::varchar, 2, '0') || '-100'
            else lpad((1 + draw_integer('new postal', household_no, 60))::varchar, 3, '0')
        end as new_postal_code,
        case
            when draw('moves', household_no) < 0.08
                then getvariable('since') + to_days(
                    draw_integer('moving day', household_no, getvariable('days'))::integer
                )
        end::timestamp as moved_at,
        age < 14 as is_child,
    from named
),

addressed as (
    select
        *,
        lower(regexp_replace(strip_accents(given_name), '[^A-Za-z]', '', 'g')) as given_plain,
        lower(regexp_replace(strip_accents(family_name_born), '[^A-Za-z]', '', 'g'))
            as family_plain,
        ['34', '351', '33', '39', '49', '44'][
            list_position(['ES', 'PT', 'FR', 'IT', 'DE', 'GB'], country_code)
        ] as phone_prefix,
    from described
)

select
    * exclude (given_plain, family_plain),
    -- An e-mail holds the person's number, so that two people never share one by accident.
    case
        when kind = 'test' then 'test+' || person_no || '@tienda-norte.example'
        when is_child then null
        when draw('email pattern', person_no) < 0.45
            then given_plain || '.' || family_plain || person_no
        when draw('email pattern', person_no) < 0.7
            then left(given_plain, 1) || family_plain || '_' || person_no
        when draw('email pattern', person_no) < 0.9
            then family_plain || '.' || given_plain || person_no
        else coalesce(
            lower(regexp_replace(strip_accents(nickname), '[^A-Za-z]', '', 'g')), given_plain
        ) || person_no || right(birth_date::varchar, 2)
    end
    || case
        when kind = 'test' then ''
        else '@' || draw_any('email domain', person_no, getvariable('email_domains'))
    end as email,
    case
        when kind = 'person' and not is_child and draw('second email', person_no) < 0.28
            then case when draw('second email pattern', person_no) < 0.5 then given_plain
                else family_plain || given_plain end
                || '-' || person_no || '@'
                || case
                    when draw('work email', person_no) < 0.35
                        then 'empresa' || draw_integer('employer', person_no, 400) || '.example.com'
                    else draw_any('second email domain', person_no, getvariable('email_domains'))
                end
        when kind = 'staff' then given_plain || '.' || family_plain || person_no
            || '@tienda-norte.example'
    end as second_email,
    case
        when household_size > 1 and draw('family email', household_no) < 0.1
            then 'familia' || family_plain || household_no || '@gmail.example'
    end as own_family_email,
    case when not is_child and draw('has phone', person_no) < 0.95
        then case country_code
            when 'ES'
                then case when draw('seven', person_no) < 0.1 then '7' else '6' end
                    || lpad(((person_no * 2 + 1) * 48271 % 99999989)::varchar, 8, '0')
            when 'PT' then '9' || 1 + person_no % 3
                || lpad(((person_no * 2 + 1) * 48271 % 9999991)::varchar, 7, '0')
            when 'FR' then '6' || lpad(((person_no * 2 + 1) * 48271 % 99999989)::varchar, 8, '0')
            when 'IT' then '3' || 2 + person_no % 7
                || lpad(((person_no * 2 + 1) * 48271 % 99999989)::varchar, 8, '0')
            when 'DE' then '15' || 1 + person_no % 7
                || lpad(((person_no * 2 + 1) * 48271 % 99999989)::varchar, 8, '0')
            else '7' || 4 + person_no % 5
                || lpad(((person_no * 2 + 1) * 48271 % 99999989)::varchar, 8, '0')
        end
    end as phone,
    case
        when not is_child and country_code = 'ES' and draw('second phone', person_no) < 0.16
            then '6' || lpad((person_no * 2 * 48271 % 99999989)::varchar, 8, '0')
    end as second_phone,
    case
        when country_code = 'ES' and draw('landline', household_no) < 0.2
            then '9' || lpad((household_no * 48271 % 99999989)::varchar, 8, '0')
    end as landline,
    -- Habits.
    1 + floor(4 * draw('habit', person_no))::bigint as habit,
    1 + draw_integer('favourite category', person_no, 20) as favourite_category,
    case
        when draw('replenishes', person_no) < 0.12 then 13 + draw_integer('staple', person_no, 4)
        else 1 + draw_integer('other category', person_no, 20)
    end as other_category,
    case when draw('replenishes', person_no) < 0.12
        then 26 + draw_integer('cycle', person_no, 20)
    end as replenishment_days,
    draw_integer('size', person_no, 8) as size_preference,
    'S' || lpad(
        (1 + (city_numbers.city_no + draw_integer('shop', person_no, 2)) % 25)::varchar, 2, '0'
    ) as store_id,
    case when is_child then 0 when draw('web', person_no) < 0.74 then 1 else 0 end as uses_web,
    case
        when is_child then 0
        when draw('stores', person_no) < 0.62 then 1
        else 0
    end as uses_stores,
    -- Relations with the retailer.
    not is_child and (
        kind = 'test' or (draw('web', person_no) < 0.74 and draw('account', person_no) < 0.66)
    ) as has_account,
    case
        when draw('account age', person_no) < 0.6
            then getvariable('since')
                - to_days(draw_integer('account day', person_no, 1000)::integer)
        else getvariable('since') + to_days(
            draw_integer('account day', person_no, getvariable('days') - 5)::integer
        )
    end + to_seconds((25000 + 60000 * draw('account hour', person_no))::bigint) as account_at,
    kind <> 'test' and draw('loyalty', person_no) < case when is_child then 0.04 else 0.46 end
        as is_member,
    case
        when draw('member age', person_no) < 0.65
            then getvariable('since')
                - to_days(draw_integer('member day', person_no, 1100)::integer)
        else getvariable('since') + to_days(
            draw_integer('member day', person_no, getvariable('days') - 5)::integer
        )
    end + to_seconds((34000 + 38000 * draw('member hour', person_no))::bigint) as member_at,
    '27' || lpad(scramble(person_no * 2)::varchar, 11, '0') as loyalty_number,
    draw('name style', person_no) as name_style,
    case when draw('hostile', person_no) < 0.002
        then draw_any('hostile text', person_no, getvariable('hostile_texts'))
    end as hostile_text,
from addressed
join (
    select city as city_name, min(position) as city_no
    from seed_cities
    group by city
) as city_numbers on addressed.city = city_numbers.city_name;

-- The family e-mail belongs to the household, whoever's name it is made of.
create or replace temp table family_emails as
select household_no, arg_min(own_family_email, person_no) as family_email
from people
where own_family_email is not null
group by household_no;

alter table people add column family_email varchar;
update people
set family_email = family_emails.family_email
from family_emails
where people.household_no = family_emails.household_no;
alter table people drop column own_family_email;

-- Children have no e-mail but the family's.
update people set email = family_email where is_child;
