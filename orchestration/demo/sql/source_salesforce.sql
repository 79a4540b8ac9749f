-- Salesforce: personal shopping and trade customers; leads of exhibitions, some converted.

create or replace temp table crm_people as
select
    *,
    draw('crm', person_no) < 0.055 as is_contact,
    draw('lead', person_no) < 0.035 as is_lead,
    draw('lead', person_no) < 0.012 or draw('crm', person_no) < 0.02 as may_convert,
    getvariable('since')::timestamp
        + to_seconds((86400 * 330 * draw('crm day', person_no))::bigint) as met_at,
from people
where not is_child and kind <> 'test'
    and (draw('crm', person_no) < 0.055 or draw('lead', person_no) < 0.035);

create or replace temp view "salesforce.contact" as
with contacts as (
    select *, 0 as copy_no,
        case
            when is_contact and not is_lead
                then met_at - to_days(draw_integer('older', person_no, 600)::integer)
            else met_at + to_days(9)
        end as created_date,
    from crm_people
    where is_contact or (is_lead and may_convert)
    union all
    -- Typed in twice by two shop assistants, then merged: the losing copy names the master.
    select *, 1, met_at + to_days(2),
    from crm_people
    where is_contact and draw('crm copy', person_no) < 0.12
)

select
    '003' || left(opaque('contact', person_no || ' ' || copy_no), 15) as id,
    case when draw('crm account', person_no) < 0.3
        then '001' || left(
            opaque('account', draw_integer('employer', person_no, 400)), 15
        ) end as account_id,
    case when copy_no = 1 then '003' || left(opaque('contact', person_no || ' 0'), 15) end
        as master_record_id,
    case when copy_no = 0 and draw('individual', person_no) < 0.3
        then '0PK' || left(opaque('individual', person_no), 15) end as individual_id,
    as_typed(
        coalesce(
            hostile_text,
            case when copy_no = 1 then coalesce(nickname, given_name) else given_name end
        ),
        draw('crm typed', person_no * 2 + copy_no)
    ) as first_name,
    as_typed(
        family_name_born || coalesce(
            case when draw('crm both', person_no) < 0.5 then ' ' || second_family_name end, ''
        ),
        draw('crm typed', person_no * 2 + copy_no)
    ) as last_name,
    given_name || ' ' || family_name_born as name,
    case gender when 'female' then 'Sra.' else 'Sr.' end as salutation,
    case
        when copy_no = 1 then case when draw(
            'crm copy email', person_no
        ) < 0.5 then second_email end
        when draw('crm email', person_no) < 0.75 then email
        else coalesce(second_email, email)
    end as email,
    case when draw('crm phone', person_no) < 0.3
        then phone_as_typed(
            phone_prefix, coalesce(landline, phone), draw('crm phone style', person_no)
        )
    end as phone,
    case when copy_no = 1 or draw('crm mobile', person_no) < 0.8
        then phone_as_typed(phone_prefix, phone, draw('crm mobile style', person_no * 2 + copy_no))
    end as mobile_phone,
    case when copy_no = 0 and draw('crm home phone', person_no) < 0.4
        then phone_as_typed(phone_prefix, landline, draw('crm home style', person_no)) end
        as home_phone,
    case when copy_no = 0 and draw('crm second email', person_no) < 0.5 then second_email end
        as secondary_email_c,
    case when draw('crm birth', person_no) < 0.5 then birth_date end as birthdate,
    case when draw('crm title', person_no) < 0.3
        then draw_any(
            'title', person_no, ['Directora de compras', 'Arquitecto', 'Interiorista', 'Gerente']
        )
    end as title,
    null as department,
    case when moved_at < met_at then new_street else street end as mailing_street,
    case when moved_at < met_at then new_city else city end as mailing_city,
    case when moved_at < met_at then new_postal_code else postal_code end as mailing_postal_code,
    case when moved_at < met_at then new_region else region end as mailing_state,
    ['España', 'Portugal', 'France', 'Italia', 'Deutschland', 'United Kingdom'][
        list_position(['ES', 'PT', 'FR', 'IT', 'DE', 'GB'], country_code)
    ] as mailing_country,
    country_code as mailing_country_code,
    draw_any('lead source', person_no, ['Web', 'Shop', 'Exhibition', 'Referral']) as lead_source,
    created_date,
    least(created_date + to_days(draw_integer('crm updated', person_no * 2 + copy_no, 90)::integer),
        getvariable('until') - to_seconds(60)) as last_modified_date,
    case
        when draw('crm bounce', person_no) < 0.02 then created_date + to_days(1)
    end as email_bounced_date,
    draw('crm bounce', person_no) < 0.02 as is_email_bounced,
    draw('crm opt out', person_no) < 0.12 as has_opted_out_of_email,
    draw('crm no call', person_no) < 0.2 as do_not_call,
    copy_no = 1 as is_deleted,
    draw('crm opt in', person_no) < 0.5 as gdpr_opt_in_explicit_c,
    draw('crm double', person_no) < 0.3 as email_opt_in_double_c,
    case when draw('crm opt out', person_no) < 0.12 then created_date + to_days(1) end
        as email_opt_out_date_time_c,
    gender as gender_c,
    draw_any('marital', person_no, ['soltero', 'casado', 'divorciado', 'viudo'])
        as marital_status_c,
    household_size as household_size_c,
    draw_any('interests', person_no, ['decoración,café', 'moda', 'deporte,viajes', 'cosmética'])
        as interests_c,
    language as language_c,
    case
        when is_member and member_at < created_date and draw('crm card', person_no) < 0.35
            then loyalty_number
    end
        as loyalty_number_c,
    case when draw('instagram', person_no) < 0.15
        then lower(strip_accents(replace(given_name, ' ', '_'))) || '_'
            || person_no end as instagram_c,
    person_id as _person_id,
from contacts
where created_date < getvariable('until');

create or replace temp view "salesforce.lead" as
select
    '00Q' || left(opaque('lead', person_no), 15) as id,
    null as master_record_id,
    as_typed(given_name, draw('lead typed', person_no)) as first_name,
    as_typed(family_name_born, draw('lead typed', person_no)) as last_name,
    given_name || ' ' || family_name_born as name,
    case when draw('lead company', person_no) < 0.6
        then 'Empresa ' || draw_integer('employer', person_no, 400)
            || ' S.L.' else '[not provided]' end
        as company,
    case when draw('lead title', person_no) < 0.4 then 'Interiorista' end as title,
    draw_any('industry', person_no, ['Hostelería', 'Diseño', 'Comercio', 'Otros']) as industry,
    case
        when draw('lead email', person_no) < 0.6 then email
        else coalesce(second_email, email)
    end as email,
    case when draw('lead phone', person_no) < 0.5
        then phone_as_typed(phone_prefix, phone, draw('lead phone style', person_no)) end as phone,
    null as mobile_phone,
    null as street,
    city,
    postal_code,
    region as state,
    null as country,
    country_code,
    'Exhibition' as lead_source,
    case when may_convert then 'Qualified' else 'Open - Not Contacted' end as status,
    met_at as created_date,
    case
        when may_convert then met_at + to_days(9)
        else met_at + to_days(1)
    end as last_modified_date,
    may_convert as is_converted,
    case when may_convert then '003' || left(opaque('contact', person_no || ' 0'), 15) end
        as converted_contact_id,
    case when may_convert then met_at + to_days(9) end as converted_date,
    draw('lead opt out', person_no) < 0.05 as has_opted_out_of_email,
    false as is_deleted,
    person_id as _person_id,
from crm_people
where is_lead;

create or replace temp view "salesforce.event" as
with meetings as (
    select *, person_no * 8 + meeting_no as meeting_key,
        met_at + to_days((meeting_no * 20)::integer) as meets_at,
    from crm_people, range(draw_integer('meetings', person_no, 3)) as meetings (meeting_no)
)

select
    '00U' || left(opaque('meeting', meeting_key), 15) as id,
    case when is_lead and not is_contact and not may_convert then '00Q' || left(
        opaque('lead', person_no), 15
    )
        else '003' || left(opaque('contact', person_no || ' 0'), 15) end as who_id,
    null as account_id,
    case when draw_any('meeting', meeting_key, [1, 2, 3]) = 2
        then '701' || left(opaque('campaign', 1 + meeting_key % 3), 15) end as what_id,
    '005' || left(opaque('adviser', meeting_key % 9), 15) as owner_id,
    draw('no show', meeting_key) < 0.08 as no_show_c,
    [30, 45, 60][1 + draw_integer('meeting length', meeting_key, 3)] as duration_in_minutes,
    draw_any('meeting', meeting_key, ['Visita a tienda', 'Feria Hábitat', 'Asesoría de imagen'])
        as subject,
    draw_any('meeting', meeting_key, ['Store Visit', 'Exhibition', 'Meeting']) as type,
    'Interesada en ' || (select category from categories where category_no = favourite_category)
        as description,
    store_id as location,
    meets_at as start_date_time,
    meets_at + to_hours(1) as end_date_time,
    meets_at as activity_date_time,
    meets_at - to_days(1) as created_date,
    meets_at + to_hours(2) as last_modified_date,
    false as is_deleted,
from meetings
where meets_at < getvariable('until') - to_days(1)
    and (is_contact or is_lead);

create or replace temp view "salesforce.account" as
select
    '001' || left(opaque('account', employer), 15) as id,
    'Empresa ' || employer || ' S.L.' as name,
    draw_any('account industry', employer, ['Hostelería', 'Diseño', 'Comercio', 'Otros'])
        as industry,
    case when draw('household', employer) < 0.1 then 'Household' else 'Customer' end as type,
    false as is_person_account,
    getvariable('since')::timestamp as created_date,
    getvariable('since')::timestamp + to_days((employer % 300)::integer) as last_modified_date,
    false as is_deleted,
from range(400) as employers (employer)
where getvariable('is_first_chunk');

create or replace temp view "salesforce.individual" as
select
    individual_id as id,
    draw('solicit', individual_id) < 0.1 as has_opted_out_solicit,
    draw('profile', individual_id) < 0.08 as has_opted_out_profiling,
    draw('process', individual_id) < 0.01 as has_opted_out_processing,
    false as has_opted_out_tracking,
    false as should_forget,
    birthdate as birth_date,
    draw_any('occupation', individual_id, ['arquitecta', 'docente', 'comerciante', 'jubilado'])
        as occupation,
    draw_integer('children', individual_id, 4) as children_count,
    created_date,
    last_modified_date,
    false as is_deleted,
from "salesforce.contact"
where individual_id is not null;

-- Three exhibitions and a letter.
create or replace temp view "salesforce.campaign" as
select
    '701' || left(opaque('campaign', campaign_no), 15) as id,
    ['Feria Hábitat', 'Salón Náutico', 'Noche de apertura', 'Carta de otoño'][campaign_no] as name,
    ['Trade Show', 'Trade Show', 'Event', 'Direct Mail'][campaign_no] as type,
    'Completed' as status,
    (getvariable('since')::timestamp + to_days((70 * campaign_no)::integer))::date as start_date,
    (getvariable('since')::timestamp + to_days((70 * campaign_no + 5)::integer))::date as end_date,
    false as is_active,
    getvariable('since')::timestamp as created_date,
    getvariable('since')::timestamp + to_days((70 * campaign_no + 6)::integer)
        as last_modified_date,
    false as is_deleted,
from range(1, 5) as campaigns (campaign_no)
where getvariable('is_first_chunk');

create or replace temp view "salesforce.campaign_member" as
with members as (
    select id as contact_id, null as lead_id, id as member_key, created_date,
    from "salesforce.contact"
    where master_record_id is null and draw('invited', id) < 0.5
    union all
    select null, id, id, created_date,
    from "salesforce.lead"
),

invited as (
    select
        *,
        1 + draw_integer('which campaign', member_key, 4) as campaign_no,
        getvariable('since')::timestamp as first_day,
    from members
)

select
    '00v' || left(opaque('member', member_key), 15) as id,
    '701' || left(opaque('campaign', campaign_no), 15) as campaign_id,
    contact_id,
    lead_id,
    draw_any('member state', member_key, ['Sent', 'Responded', 'Attended']) as status,
    draw_any('member state', member_key, ['Sent', 'Responded', 'Attended']) <> 'Sent'
        as has_responded,
    case when draw_any('member state', member_key, ['Sent', 'Responded', 'Attended']) <> 'Sent'
        then (first_day + to_days((70 * campaign_no + 2)::integer))::date end
        as first_responded_date,
    first_day + to_days((70 * campaign_no - 10)::integer) as created_date,
    first_day + to_days((70 * campaign_no + 6)::integer) as last_modified_date,
    false as is_deleted,
from invited;

-- What advisers did: calls, e-mails, and things still to do.
create or replace temp view "salesforce.task" as
with tasks as (
    select
        crm_people.*,
        person_no * 4 + task_no as task_key,
        met_at + to_days((3 + 25 * task_no)::integer) as due_at,
        draw('task kind', person_no * 4 + task_no) as kind_draw,
    from crm_people, range(draw_integer('tasks', person_no, 3)) as tasks (task_no)
)

select
    '00T' || left(opaque('task', task_key), 15) as id,
    case when is_lead and not is_contact and not may_convert
        then '00Q' || left(opaque('lead', person_no), 15)
        else '003' || left(opaque('contact', person_no || ' 0'), 15) end as who_id,
    '005' || left(opaque('adviser', task_key % 9), 15) as owner_id,
    case when kind_draw < 0.6 then 'Llamada' when kind_draw < 0.8 then 'Propuesta'
        else 'Preparar visita' end as subject,
    case when kind_draw < 0.6 then 'Quiere ver la colección nueva' end as description,
    case when kind_draw < 0.6 then 'Call' when kind_draw < 0.8 then 'Email' else 'Other' end
        as type,
    case when kind_draw < 0.6 then 'Call' when kind_draw < 0.8 then 'Email' else 'Task' end
        as task_subtype,
    case when draw('task done', task_key) < 0.85 then 'Completed' else 'Not Started' end as status,
    'Normal' as priority,
    draw('task done', task_key) < 0.85 as is_closed,
    case when kind_draw < 0.6
        then draw_any('call type', task_key, ['Outbound', 'Outbound', 'Inbound']) end as call_type,
    case when kind_draw < 0.6 then 30 + draw_integer('call length', task_key, 900) end
        as call_duration_in_seconds,
    date_trunc('day', due_at) as activity_date,
    case when draw('task done', task_key) < 0.85 then due_at end as completed_date_time,
    due_at - to_days(2) as created_date,
    due_at + to_hours(1) as last_modified_date,
    false as is_deleted,
from tasks
where (is_contact or is_lead) and due_at < getvariable('until') - to_days(1);
