-- Read from the raw acts, by another road than the models: wherever the last word of a source about
-- a contact point is a withdrawal for the channel and purpose, nobody who has that contact point is
-- reported as granted, unless an opt-in for that very point, channel and purpose came later.
with

harmonized_consents as (
    select
        source_name,
        coalesce(customer_record_id, contact_point) as actor,
        contact_point,
        channel,
        purpose,
        coalesce(brand, '') as brand,
        status,
        captured_at
    from {{ ref('harmonized_consents') }}
    where
        captured_at <= {{ as_of() }}
        and contact_point is not null
        and channel <> 'all'
        and purpose <> 'all'
),

unified_consents as (
    select
        customer_id,
        contact_point,
        channel,
        purpose
    from {{ ref('unified_consents') }}
    where status = 'granted'
),

last_words as (
    select
        source_name,
        actor,
        contact_point,
        channel,
        purpose,
        brand,
        max(captured_at) as captured_at
    from harmonized_consents
    group by
        source_name,
        actor,
        contact_point,
        channel,
        purpose,
        brand
),

standing_withdrawals as (
    select
        harmonized_consents.contact_point,
        harmonized_consents.channel,
        harmonized_consents.purpose,
        max(harmonized_consents.captured_at) as withdrawn_at
    from harmonized_consents
    inner join last_words
        on
            harmonized_consents.source_name = last_words.source_name
            and harmonized_consents.actor = last_words.actor
            and harmonized_consents.contact_point = last_words.contact_point
            and harmonized_consents.channel = last_words.channel
            and harmonized_consents.purpose = last_words.purpose
            and harmonized_consents.brand = last_words.brand
            and harmonized_consents.captured_at = last_words.captured_at
    where harmonized_consents.status <> 'granted'
    group by
        harmonized_consents.contact_point,
        harmonized_consents.channel,
        harmonized_consents.purpose
),

last_opt_ins as (
    select
        contact_point,
        channel,
        purpose,
        max(captured_at) as granted_at
    from harmonized_consents
    where status = 'granted'
    group by
        contact_point,
        channel,
        purpose
)

select
    unified_consents.customer_id,
    unified_consents.contact_point,
    unified_consents.channel,
    unified_consents.purpose
from unified_consents
inner join standing_withdrawals
    on
        unified_consents.contact_point = standing_withdrawals.contact_point
        and unified_consents.channel = standing_withdrawals.channel
        and unified_consents.purpose = standing_withdrawals.purpose
left join last_opt_ins
    on
        unified_consents.contact_point = last_opt_ins.contact_point
        and unified_consents.channel = last_opt_ins.channel
        and unified_consents.purpose = last_opt_ins.purpose
where
    last_opt_ins.granted_at is null
    or last_opt_ins.granted_at <= standing_withdrawals.withdrawn_at
