-- Klaviyo: e-mail and SMS. A profile belongs to an address: people with two addresses have two.

create or replace temp table profiles as
with addresses as (
    select people.*, 0 as slot, email as address
    from people
    where email is not null and not is_child
        and (has_account or (is_member and draw('member profile', person_no) < 0.6)
            or draw('newsletter', person_no) < 0.12)
    union all
    select people.*, 1, second_email
    from people
    where second_email is not null and draw('second profile', person_no) < 0.5
),

fates as (
    select
        *,
        '01' || upper(left(opaque('profile', person_no * 2 + slot), 24)) as id,
        person_no * 2 + slot as profile_no,
        draw('fate', person_no * 2 + slot) as fate,
        getvariable('since')::timestamp + to_seconds((
            86400 * (30 + 300 * draw('fate day', person_no * 2 + slot))
        )::bigint) as fate_at,
        case
            when draw('profile age', person_no * 2 + slot) < 0.7
                then least(account_at, getvariable('until') - to_days(2))
            else getvariable('since')
                + to_days(draw_integer('profile day', person_no * 2 + slot, 300)::integer)
        end::timestamp + to_seconds(120) as created,
    from addresses
),

described as (
    select
        *,
        greatest(fate_at, created + to_days(3)) as decided_at,
        -- What became of the consent: most keep it, some never gave it, some leave, some come back.
        case
            when fate < 0.62 then 'subscribed'
            when fate < 0.80 then 'never'
            when fate < 0.90 then 'unsubscribed'
            when fate < 0.93 then 'resubscribed'
            when fate < 0.94 then 'complained'
            when fate < 0.97 then 'bounced'
            else 'soft bounces'
        end as outcome,
        phone is not null and slot = 0 and draw('sms consent', profile_no) < 0.3 as has_sms_consent,
    from fates
)

select *, decided_at < getvariable('until') as is_decided, from described;

create or replace temp view "klaviyo.person" as
select
    id,
    email_as_typed(address, draw('profile style', profile_no)) as email,
    case when has_sms_consent or draw('profile phone', profile_no) < 0.2
        then '+' || phone_prefix || phone end as phone_number,
    case when draw('profile name', profile_no) < 0.8 then as_typed(
        coalesce(hostile_text, case when draw('profile nick', profile_no) < 0.15
            then coalesce(nickname, given_name)
                else given_name end), draw('profile typed', profile_no)
    ) end as first_name,
    case when draw('profile name', profile_no) < 0.7 then as_typed(
        case when married_at is not null and draw('profile married', profile_no) < 0.5
            then family_name_married else family_name_born end, draw('profile typed', profile_no)
    ) end as last_name,
    case when draw('profile address', profile_no) < 0.3 then street end as address_1,
    case when draw('profile address', profile_no) < 0.45 then city end as city,
    case when draw('profile address', profile_no) < 0.45 then region end as region,
    case when draw('profile address', profile_no) < 0.4 then postal_code end as zip,
    case when draw('profile address', profile_no) < 0.5 then country_code end as country,
    case when draw('profile company', profile_no) < 0.02
        then 'Empresa ' || draw_integer('employer', person_no, 400) || ' S.L.' end as organization,
    null as title,
    'Europe/Madrid' as timezone,
    created,
    least(
        greatest(created + to_days(20), case when is_decided then decided_at end),
        getvariable('until') - to_seconds(120)
    ) as updated,
    null as last_event_date,
    case
        when outcome = 'never' then null
        when has_sms_consent then '["email", "sms"]'
        else '["email"]'
    end as custom_consent,
    case when outcome <> 'never'
        then draw_any('consent method', profile_no, ['Klaviyo Form', 'Checkout', 'Shop till'])
    end as custom_consent_method,
    case
        when outcome = 'never' then null
        when outcome = 'resubscribed' and is_decided
            then least(decided_at + to_days(40), getvariable('until') - to_seconds(120))
        else created
    end as custom_consent_timestamp,
    case
        when outcome in ('subscribed', 'bounced', 'soft bounces', 'resubscribed') then true
        when outcome = 'never' then false
        else not is_decided
    end as custom_accepts_marketing,
    case
        when not has_sms_consent then null
        when draw('sms leaves', profile_no) < 0.12 then 'unsubscribed'
        else 'subscribed'
    end as custom_sms_consent,
    case
        when not is_decided then null
        when outcome in ('unsubscribed', 'complained', 'bounced') then 'true'
    end as custom_suppress,
    case
        when draw('profile birthday', profile_no) < 0.15 then birth_date::varchar
    end as custom_birthday,
    draw_any('profile source', profile_no, ['Shopify', 'Footer form', 'Shop till', 'Pop-up'])
        as custom_source,
    draw('profile deleted', profile_no) < 0.004 as _fivetran_deleted,
    person_id as _person_id,
from profiles;

create or replace temp table sends as
with targeted as (
    select
        profiles.*,
        1 + (draw_integer('campaign offset', profile_no, 64) + 7 * send_no) % 64 as campaign_no,
    from profiles, range(9) as send_numbers (send_no)
),

sent as (
    select
        targeted.* exclude (email, outcome),
        targeted.outcome as fate_outcome,
        campaigns.campaign_id,
        campaigns.channel,
        campaigns.subject,
        campaigns.purpose,
        campaigns.sent_at + to_seconds(
            (900 * draw('send delay', profile_no * 64 + targeted.campaign_no))::bigint
        ) as sent_at,
        profile_no * 128 + targeted.campaign_no as send_no,
        split_part(coalesce(campaigns.product_ids, ''), ',', 1) as product_id,
    from targeted
    join campaigns on targeted.campaign_no = campaigns.campaign_no
)

select
    *,
    draw('open', send_no) as open_draw,
    draw('click', send_no) as click_draw,
    draw('read delay', send_no) as read_draw,
    -- The hour at which this person reads.
    least(
        sent_at + to_seconds((600 + 60000 * power(draw('read delay', send_no), 3))::bigint),
        getvariable('until') - to_seconds(30)
    ) as opened_at,
from sent
where
    sent_at > created
    and sent_at < getvariable('until')
    and (
        (channel = 'sms' and has_sms_consent)
        or (channel = 'email' and (
            purpose = 'transactional'
            or (
                fate_outcome <> 'never'
                and not (
                    is_decided
                    and fate_outcome in ('unsubscribed', 'complained', 'bounced')
                    and sent_at > decided_at + to_days(1)
                )
                and not (
                    fate_outcome = 'resubscribed'
                    and sent_at between decided_at + to_days(1) and decided_at + to_days(40)
                )
            )
        ))
    );

create or replace temp view "klaviyo.event" as
with outcomes as (
    select *, case when channel = 'sms' then 'Received SMS'
        when fate_outcome = 'bounced' and sent_at >= decided_at then 'Bounced Email'
        when fate_outcome = 'soft bounces' and draw('soft', send_no) < 0.5 then 'Bounced Email'
        when draw('soft', send_no) < 0.006 then 'Bounced Email'
        else 'Received Email' end as type,
        sent_at + to_seconds(20) as datetime,
        case when fate_outcome = 'bounced' and sent_at >= decided_at then 'Hard' else 'Soft' end
            as bounce_type,
    from sends
),

leaving as (
    -- Who leaves or complains does it from the last message received.
    select
        profiles.profile_no,
        profiles.id,
        profiles.address,
        profiles.outcome,
        sends.campaign_id,
        sends.subject,
        profiles.decided_at + to_hours(2) as left_at,
    from profiles
    asof left join (select * from sends where channel = 'email') as sends
        on profiles.profile_no = sends.profile_no
        and profiles.decided_at >= sends.sent_at
    where profiles.is_decided and profiles.outcome in ('unsubscribed', 'resubscribed', 'complained')
),

first_orders as (
    select person_no, min(purchased_at) as purchased_at
    from orders
    where channel = 'web'
    group by person_no
),

flows as (
    select
        profile_no,
        id,
        address,
        'WLCM1' as flow_id,
        '¡Hola!' as subject,
        'marketing' as purpose,
        created + to_minutes(30) as flow_at,
    from profiles
    where outcome <> 'never' and created >= getvariable('since')
    union all
    select profile_no, profiles.id, address, 'ORDR1', 'Gracias por tu pedido', 'transactional',
        purchased_at + to_minutes(3),
    from profiles
    join first_orders using (person_no)
    where slot = 0
),

occurrences as (
    select id, campaign_id, null as flow_id, send_no, type, datetime, subject, product_id, address,
        channel, purpose, case when type = 'Bounced Email' then bounce_type end as bounce_type,
    from outcomes
    union all by name
    select id, campaign_id, send_no, 'Opened Email' as type, opened_at as datetime, subject,
        product_id, address, channel, purpose,
    from outcomes
    where type = 'Received Email' and open_draw < 0.38
    union all by name
    select id, campaign_id, send_no,
        case when channel = 'sms' then 'Clicked SMS' else 'Clicked Email' end as type,
        opened_at + to_seconds(40) as datetime, subject, product_id, address, channel, purpose,
    from outcomes
    where (type = 'Received Email' and open_draw < 0.38 and click_draw < 0.2)
        or (type = 'Received SMS' and click_draw < 0.1)
    union all by name
    select id, campaign_id, profile_no as send_no,
        case outcome when 'complained' then 'Marked Email as Spam' else 'Unsubscribed' end as type,
        left_at as datetime, subject, address, 'email' as channel,
    from leaving
    union all by name
    select id, profile_no as send_no, 'Subscribed to List' as type,
        created + to_seconds(5) as datetime, address, 'email' as channel,
    from profiles
    where outcome <> 'never'
    union all by name
    select id, -profile_no as send_no, 'Subscribed to List' as type,
        decided_at + to_days(40) as datetime, address, 'email' as channel,
    from profiles
    where is_decided and outcome = 'resubscribed'
    union all by name
    select id, profile_no as send_no, 'Unsubscribed from SMS' as type,
        greatest(
            created + to_days(5),
            getvariable('since') + to_days(draw_integer('sms end', profile_no, 350)::integer)
        ) as datetime,
        address, 'sms' as channel,
    from profiles
    where has_sms_consent and draw('sms leaves', profile_no) < 0.12
    union all by name
    select id, flow_id, profile_no as send_no, 'Received Email' as type, flow_at as datetime,
        subject, address, 'email' as channel, purpose,
    from flows
    union all by name
    select id, flow_id, profile_no as send_no, 'Opened Email' as type,
        flow_at + to_minutes(12) as datetime, subject, address, 'email' as channel, purpose,
    from flows
    where draw('flow open', flow_id || profile_no) < 0.55
)

select
    left(opaque('klaviyo event', type || coalesce(flow_id, '') || send_no), 22) as id,
    id as person_id,
    campaign_id,
    flow_id,
    flow_id || '-message-1' as flow_message_id,
    upper(left(opaque('metric', type), 6)) as metric_id,
    type,
    datetime,
    as_uuid(opaque('klaviyo uuid', type || coalesce(flow_id, '') || send_no)) as uuid,
    subject as property_subject,
    bounce_type as property_bounce_type,
    case when channel = 'sms' then 'sms' else purpose end as property_message_type,
    case when type like 'Clicked%' and product_id <> ''
        then 'https://tienda-norte.example/p/' || product_id || '?utm_source=klaviyo&utm_medium='
            || channel || '&utm_campaign=' || campaign_id
    end as property_url,
    null as property_value,
    case when type like 'Clicked%' then nullif(product_id, '') end as property_product_id,
    split_part(address, '@', 2) as property_email_domain,
    false as _fivetran_deleted,
from occurrences
where datetime < getvariable('until') and (type like 'Sub%' or datetime >= getvariable('since'));

create or replace temp view "klaviyo.campaign" as
select
    campaign_id as id,
    campaign_name as name,
    channel as campaign_type,
    subject,
    status,
    least(sent_at - to_days(12), getvariable('until') - to_days(2)) as created,
    least(sent_at, getvariable('until') - to_days(1)) as updated,
    case when status = 'sent' then sent_at end as sent_at,
    case when status <> 'draft' then sent_at end as send_time,
    product_ids as property_product_ids,
    purpose as property_purpose,
    priority as property_priority,
    false as _fivetran_deleted,
from campaigns
where getvariable('is_first_chunk');

create or replace temp view "klaviyo.metric" as
select
    upper(left(opaque('metric', name), 6)) as id,
    name,
    getvariable('since')::timestamp - to_days(900) as created,
    getvariable('since')::timestamp as updated,
from unnest([
    'Received Email', 'Opened Email', 'Clicked Email', 'Bounced Email', 'Marked Email as Spam',
    'Unsubscribed', 'Subscribed to List', 'Received SMS', 'Clicked SMS', 'Unsubscribed from SMS'
]) as names (name)
where getvariable('is_first_chunk');

create or replace temp view "klaviyo.flow" as
select
    id,
    name,
    'live' as status,
    false as archived,
    'Metric' as trigger_type,
    getvariable('since')::timestamp as created,
    getvariable('since')::timestamp + to_days(10) as updated,
from (values ('WLCM1', 'Bienvenida'), ('ORDR1', 'Gracias por tu pedido')) as flows (id, name)
where getvariable('is_first_chunk');
