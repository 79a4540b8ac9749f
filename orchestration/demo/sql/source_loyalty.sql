-- Loyalty programme: one point per whole euro (without tax and shipping), alive for twelve months.

create or replace temp view "loyalty.members" as
with cards as (
    select people.*, loyalty_number as card, member_at as card_at, 0 as card_no,
        null::varchar as merged_into,
    from people
    where is_member
    union all
    -- A second card, applied for at another till; half of them were found and merged.
    select
        people.*,
        second_card(person_no),
        least(member_at + to_days(200), getvariable('until') - to_days(3)),
        1, case when draw('card merged', person_no) < 0.5 then loyalty_number end,
    from people
    where is_member and draw('second card', person_no) < 0.03
)

select
    'M' || lpad(scramble(person_no * 2 + card_no)::varchar, 10, '0') as member_id,
    card as loyalty_number,
    case
        when draw('card email', card) < 0.55 then email
        when draw('card email', card) < 0.73 then coalesce(second_email, email)
        when draw('card email', card) < 0.90 then coalesce(family_email, email)
    end as email,
    case when draw('card phone', card) < 0.8
        then phone_as_typed(phone_prefix, case when draw('card landline', card) < 0.1
            then coalesce(landline, phone) else phone end, draw('phone style', card))
    end as phone,
    as_typed(
        coalesce(hostile_text, case
            when nickname is not null and draw('card nickname', card) < 0.15 then nickname
            else given_name
        end), draw('card name', card)
    ) as first_name,
    as_typed(
        case when second_family_name is not null and draw('card both', card) < 0.75
            then family_name_born || ' ' || second_family_name else family_name_born end,
        draw('card name', card)
    ) as last_name,
    case
        when draw('card birth', card) < 0.03 then date '1900-01-01'
        when draw('card birth', card) < 0.85 then birth_date
    end as birth_date,
    case
        when draw('card gender', card) < 0.8
            then [upper(left(gender, 1)), gender][1 + person_no % 2]
    end as gender,
    as_typed(street, draw('card street', card)) as address,
    postal_code,
    city,
    country_code,
    language,
    card_at as enrolled_at,
    least(
        card_at + to_seconds((draw('card updated', card) * 30000000)::bigint),
        getvariable('until') - to_seconds(90)
    ) as updated_at,
    case when merged_into is not null then 'merged' when draw(
        'card closed', card
    ) < 0.02 then 'closed'
        else 'active' end as status,
    kind = 'staff' as is_employee,
    draw('card opt in', card) < 0.6 as marketing_opt_in,
    merged_into as merged_into_loyalty_number,
    person_id as _person_id,
from cards;

create or replace temp table earned_points as
select
    *,
    floor(net)::bigint as earned,
    case when returned_units > 0 then floor(floor(net) * returned_net / net)::bigint else 0 end
        as reversed,
from orders
where card_shown is not null and not is_cancelled and not is_test and net >= 1;

-- At most one gift a year, bought with points that are surely there: those carried over, the
-- welcome bonus and those earned before, less whatever a return took back.
create or replace temp table burnt_points as
with running as (
    select
        *,
        coalesce(sum(earned - reversed) over (
            partition by person_no
            order by purchased_at, purchase_no
            rows between unbounded preceding and 1 preceding
        ), 0)::bigint + case when member_at >= getvariable('since') then 50 else 0 end as available,
    from earned_points
)

select *, 100 * (available // 100) as burnt
from running
where available >= 100 and draw('burns', purchase_no) < 0.5
qualify row_number() over (partition by person_no order by purchased_at, purchase_no) = 1;

create or replace temp view "loyalty.points_transactions" as
with movements as (
    select card_shown as loyalty_number, 'earn' as transaction_type, earned as points, order_id,
        'compra' as reason, purchased_at + to_seconds(90) as occurred_at,
        purchased_at + to_seconds(90) + to_months(12) as expires_at, purchase_no::varchar as key,
    from earned_points
    where earned > 0
    union all
    select card_shown, 'reverse', -reversed, order_id, 'devolución', returned_at + to_seconds(90),
        null, purchase_no::varchar,
    from earned_points
    where reversed > 0
    union all
    select card_shown, 'burn', -burnt, order_id,
        draw_any('gift', purchase_no, ['regalo café', 'vale cosmética', 'envoltorio regalo']),
        purchased_at + to_seconds(30), null, purchase_no::varchar,
    from burnt_points
    union all
    select loyalty_number, 'enrol', 50, null, 'bienvenida', member_at + to_seconds(5),
        member_at + to_seconds(5) + to_months(12), loyalty_number,
    from people
    where is_member and member_at >= getvariable('since')
    union all
    -- What members of earlier years bring along; it lapses within the year.
    select loyalty_number, 'adjust', 10 + draw_integer('carried', person_no, 240), null,
        'saldo anterior', getvariable('since')::timestamp + to_seconds(60),
        getvariable('since')::timestamp
            + to_days((20 + draw_integer('carried life', person_no, 340))::integer),
        loyalty_number,
    from people
    where is_member and member_at < getvariable('since') and draw('carries points', person_no) < 0.6
    union all
    select loyalty_number, 'earn', 25, null, 'cumpleaños',
        birthday + to_hours(8), birthday + to_hours(8) + to_months(12), 'b' || loyalty_number,
    from (
        select
            *,
            make_date(
                year(getvariable('since'))
                    + (
                        strftime(birth_date, '%m%d') < strftime(getvariable('since'), '%m%d')
                    )::bigint,
                month(birth_date), least(28, day(birth_date))
            )::timestamp as birthday,
        from people
        where is_member and draw('birthday bonus', person_no) < 0.3
    )
    where birthday > member_at and birthday between getvariable('since')
        and getvariable('until') - to_days(1)
)

select
    'T' || left(opaque('points', transaction_type || key), 18) as transaction_id,
    loyalty_number,
    'norte' as programme,
    'puntos' as points_currency,
    transaction_type,
    points,
    order_id,
    null as line_id,
    reason,
    occurred_at,
    expires_at,
from movements;
