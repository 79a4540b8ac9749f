-- Read from the harmonised acts, by another road than the models: wherever a withdrawal names a
-- contact point and a channel, whoever has that contact point is not reported as granted or
-- permitted for marketing on it, unless an opt-in for that very contact point, channel and purpose
-- came later.
with

refusals as (
    select
        contact_point,
        channel,
        max(captured_at) as refused_at
    from {{ ref('harmonized_consents') }}
    where
        captured_at <= {{ as_of() }}
        and contact_point is not null
        and channel in ('email', 'sms')
        and coalesce(purpose, 'all') in ('all', 'marketing')
        and coalesce(status, '') <> 'granted'
    group by
        contact_point,
        channel
),

opt_ins as (
    select
        contact_point,
        channel,
        max(captured_at) as granted_at
    from {{ ref('harmonized_consents') }}
    where
        captured_at <= {{ as_of() }}
        and status = 'granted'
        and purpose = 'marketing'
    group by
        contact_point,
        channel
)

select
    consents.customer_id,
    consents.contact_point,
    consents.channel,
    consents.status
from {{ ref('unified_consents') }} as consents
inner join refusals
    on
        consents.contact_point = refusals.contact_point
        and consents.channel = refusals.channel
left join opt_ins
    on
        consents.contact_point = opt_ins.contact_point
        and consents.channel = opt_ins.channel
where
    consents.purpose = 'marketing'
    and consents.status <> 'withdrawn'
    and (
        opt_ins.granted_at is null
        or opt_ins.granted_at <= refusals.refused_at
    )
