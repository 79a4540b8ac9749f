-- Zendesk: questions and complaints. A user is known by an e-mail, by a phone, or by both.

create or replace temp table service_users as
select
    *,
    360000000000 + scramble(person_no) as id,
    draw('service channel', person_no) as contact_draw,
    has_account and draw('service signed in', person_no) < 0.6 as is_linked,
    -- Known twice, first by the phone alone, until the desk merged the two users.
    draw('service twice', person_no) < 0.04 and phone is not null as is_merged,
    365000000000 + scramble(person_no) as merged_id,
from people
where
    not is_child
    and kind <> 'test'
    and draw('has complaints', person_no) < case when has_account then 0.11 else 0.05 end;

create or replace temp table service_tickets as
with drawn as (
    select
        service_users.*,
        person_no * 8 + ticket_no as ticket_key,
        draw_time('ticket', person_no * 8 + ticket_no, habit) as opened_at,
        draw('ticket kind', person_no * 8 + ticket_no) as kind_draw,
    from service_users, range(
        1 + least(5, floor(draw_exponential('tickets', person_no, 0.5))::bigint)
    )
        as tickets (ticket_no)
)

select
    drawn.*,
    last_order.order_id as about_order_id,
    case
        when kind_draw < 0.24 then 'problem'
        when kind_draw < 0.60 then 'question'
        when kind_draw < 0.85 then 'incident'
        else 'task'
    end as ticket_type,
    opened_at + to_seconds((7200 + draw_exponential('solved', ticket_key, 300000))::bigint)
        as answered_at,
    draw('never solved', ticket_key) < 0.02 as is_forgotten,
    row_number() over (partition by drawn.person_no order by opened_at, ticket_key) = 1 as is_first,
    lag(ticket_key) over (partition by drawn.person_no order by opened_at, ticket_key)
        as previous_key,
from drawn
asof left join (
    select person_no, purchased_at, order_id
    from orders
    where channel = 'web' and not is_test
) as last_order
    on drawn.person_no = last_order.person_no
    and drawn.opened_at >= last_order.purchased_at
where opened_at < getvariable('until');

create or replace temp view "zendesk.user" as
select
    id,
    as_typed(
        coalesce(hostile_text, given_name || case
            when draw('service name', person_no) < 0.7 then ' ' || family_name_born else ''
        end), draw('service typed', person_no)
    ) as name,
    case
        when contact_draw < 0.6 then email
        when contact_draw < 0.8 then coalesce(second_email, email)
        when contact_draw < 0.84 then coalesce(family_email, email)
    end as email,
    case when contact_draw > 0.7 then phone_as_typed(
        phone_prefix, coalesce(phone, landline), draw('service phone', person_no)
    ) end as phone,
    case when is_linked then (6000000000000 + scramble(person_no * 2))::varchar end as external_id,
    'end-user' as role,
    first_at as created_at,
    least(last_at, getvariable('until') - to_seconds(60)) as updated_at,
    null as last_login_at,
    language as locale,
    'Madrid' as time_zone,
    draw('service verified', person_no) < 0.5 as verified,
    false as suspended,
    true as active,
    case
        when draw('service note', person_no) < 0.03 then 'Cliente enfadada; llamar "por la tarde"'
    end as notes,
    null as details,
    person_id as _person_id,
from service_users
join (
    select person_no, min(opened_at) as first_at, max(answered_at) as last_at
    from service_tickets
    group by person_no
) using (person_no);

-- The user that was merged away: deleted, its first ticket given to the one that stays.
create or replace temp view "zendesk.user__more" as
select
    merged_id as id,
    as_typed(given_name, draw('service typed twice', person_no)) as name,
    phone_as_typed(phone_prefix, phone, draw('service phone twice', person_no)) as phone,
    'end-user' as role,
    opened_at as created_at,
    least(answered_at + to_hours(2), getvariable('until') - to_seconds(50)) as updated_at,
    language as locale,
    'Madrid' as time_zone,
    false as verified,
    false as suspended,
    false as active,
    person_id as _person_id,
from service_tickets
where is_merged and is_first;

create or replace temp view "zendesk.ticket" as
select
    1000 + scramble(ticket_key) as id,
    service_tickets.id as requester_id,
    service_tickets.id as submitter_id,
    about_order_id as external_id,
    case
        when is_forgotten then draw_any('open', ticket_key, ['open', 'hold', 'new'])
        when answered_at > getvariable('until')
            then draw_any('open', ticket_key, ['open', 'pending', 'new'])
        when answered_at > getvariable('until') - to_days(5) then 'solved'
        else 'closed'
    end as status,
    ['low', 'normal', 'normal', 'normal', 'high', 'urgent'][
        1 + case when ticket_type = 'problem' then 2 + draw_integer('priority', ticket_key, 4)
            else draw_integer('priority', ticket_key, 5) end
    ] as priority,
    ticket_type as type,
    case ticket_type
        when 'problem' then draw_any(
            'subject',
            ticket_key,
            ['Queja: producto defectuoso', 'Reclamación por el cobro', 'Queja por el trato']
        )
        when 'incident' then draw_any(
            'subject',
            ticket_key,
            ['Mi pedido no llega', 'El paquete llegó roto', 'Falta un artículo']
        )
        when 'question' then draw_any(
            'subject',
            ticket_key,
            ['¿Tenéis la talla 40?', 'Consulta sobre puntos', 'Horario de la tienda']
        )
        else draw_any(
            'subject',
            ticket_key,
            ['Quiero devolver un artículo', 'Cambio de dirección', 'Factura con NIF']
        )
    end as subject,
    case when draw('description', ticket_key) < 0.9
        then 'Hola, soy ' || given_name || '. '
            || coalesce('Es sobre el pedido ' || about_order_id || '.', 'Gracias.')
    end as description,
    case when contact_draw > 0.84 then 'voice'
        else draw_any('via', ticket_key, ['email', 'web', 'chat', 'email']) end as via_channel,
    opened_at as created_at,
    least(case when is_forgotten then opened_at + to_hours(1) else answered_at end,
        getvariable('until') - to_seconds(40)) as updated_at,
    null as due_at,
    case
        when previous_key is not null and draw('merged ticket', ticket_key) < 0.06
            then '[' || 1000 + scramble(previous_key) || ']'
        else '[]'
    end as merged_ticket_ids,
    case
        when is_forgotten or answered_at > getvariable('until') then 'unoffered'
        when draw('rated', ticket_key) < 0.25
            then case when draw(
                'happy', ticket_key
            ) < case when ticket_type = 'problem' then 0.45 else 0.85 end
                then 'good' else 'bad' end
        else 'offered'
    end as satisfaction_score,
    case
        when not is_forgotten and answered_at < getvariable('until') then answered_at
    end as solved_at,
    case when is_merged and is_first then merged_id end as _merged_id,
    person_id as _person_id,
from service_tickets;

-- What was said: the question, the answer, a note among agents, thanks.
create or replace temp view "zendesk.ticket_comment" as
with said as (
    select *, 0 as said_no, opened_at as said_at, true as is_customer, true as is_public,
    from service_tickets
    union all
    select *, 1, opened_at + (answered_at - opened_at) / 2, false, true,
    from service_tickets
    where not is_forgotten
    union all
    select *, 2, opened_at + (answered_at - opened_at) / 3, false, false,
    from service_tickets
    where not is_forgotten and draw('agent note', ticket_key) < 0.2
    union all
    select *, 3, answered_at, true, true,
    from service_tickets
    where not is_forgotten and draw('thanks', ticket_key) < 0.4
)

select
    1300000000000 + scramble(ticket_key * 4 + said_no) as id,
    1000 + scramble(ticket_key) as ticket_id,
    case when is_customer then id else 369000000000 + ticket_key % 12 end as user_id,
    ['Hola, necesito ayuda.', 'Ya está resuelto.', 'Llamar al almacén', '¡Gracias!'][1 + said_no]
        as body,
    is_public as public,
    contact_draw > 0.84 and is_customer as voice_comment,
    said_at as created,
from said
where said_at < getvariable('until');

create or replace temp view "zendesk.satisfaction_rating" as
select
    370000000000 + id as id,
    id as ticket_id,
    requester_id,
    satisfaction_score as score,
    case when satisfaction_score = 'bad' then 'Nadie me llamó' end as comment,
    case when satisfaction_score = 'bad' then 'El problema no se resolvió' end as reason,
    solved_at as created_at,
    least(solved_at + to_hours(20), getvariable('until') - to_seconds(30)) as updated_at,
from "zendesk.ticket"
where satisfaction_score <> 'unoffered';
