{{ config(materialized='table') }}

{# One row per act of consent: the append-only log on which every answer about consent rests. An act
   is what a source said at one moment about one person or contact point; later acts stand beside
   it and never change it. Unsubscribing from a message and complaining about one are acts too. A no
   to one topic counts for all of them, a yes to one topic for none. #}
with

harmonized_consents as (
    select
        source_name,
        source_record_id,
        customer_record_id,
        contact_point,
        channel,
        purpose,
        brand,
        status,
        legal_basis,
        capture_source,
        text_version,
        is_double_opt_in,
        captured_at,
        recorded_at,
        landed_at
    from {{ ref('harmonized_consents') }}
    where
        captured_at <= {{ as_of() }}
        -- Messages do not say their topic: a yes to one topic is no yes to the others.
        and (topic is null or status <> 'granted')
),

identity_source_records as (
    select
        source_name,
        source_record_id,
        customer_id
    from {{ ref('identity_source_records') }}
    where entity = 'consents'
),

unified_messages as (
    select
        customer_id,
        source_name,
        source_record_id,
        customer_record_id,
        contact_point,
        channel,
        outcome,
        outcome_at,
        recorded_at,
        landed_at
    from {{ ref('unified_messages') }}
    where outcome in ('unsubscribed', 'complained')
),

consent_channels as (
    select
        channel,
        contact_point_type
    from {{ ref('consent_channels') }}
),

stated_acts as (
    select
        'consents|' || harmonized_consents.source_name || '|'
        || harmonized_consents.source_record_id as act_key,
        identity_source_records.customer_id,
        'consent' as evidence_type,
        harmonized_consents.source_name,
        harmonized_consents.source_record_id,
        harmonized_consents.customer_record_id,
        harmonized_consents.contact_point,
        -- Whoever objects to marketing means every way in which it comes.
        case harmonized_consents.status
            when 'objected' then 'all'
            else coalesce(harmonized_consents.channel, 'all')
        end as channel,
        coalesce(harmonized_consents.purpose, 'all') as purpose,
        coalesce(harmonized_consents.brand, '*') as brand,
        -- Whatever is not plainly a yes is a no.
        case
            when harmonized_consents.status in ('granted', 'objected')
                then harmonized_consents.status
            else 'withdrawn'
        end as status,
        coalesce(harmonized_consents.legal_basis, 'consent') as legal_basis,
        harmonized_consents.capture_source,
        harmonized_consents.text_version,
        harmonized_consents.is_double_opt_in,
        harmonized_consents.captured_at,
        harmonized_consents.recorded_at,
        harmonized_consents.landed_at
    from harmonized_consents
    left join identity_source_records
        on
            harmonized_consents.source_name = identity_source_records.source_name
            and harmonized_consents.source_record_id = identity_source_records.source_record_id

    union all

    select
        'messages|' || source_name || '|' || source_record_id as act_key,
        customer_id,
        outcome as evidence_type,
        source_name,
        source_record_id,
        customer_record_id,
        contact_point,
        channel,
        'marketing' as purpose,
        '*' as brand,
        'withdrawn' as status,
        'consent' as legal_basis,
        'message' as capture_source,
        cast(null as string) as text_version,
        cast(null as boolean) as is_double_opt_in,
        outcome_at as captured_at,
        recorded_at,
        landed_at
    from unified_messages
),

typed_acts as (
    select
        stated_acts.*,
        consent_channels.contact_point_type as channel_point_type,
        case
            when stated_acts.contact_point like '%@%' then 'email'
            when stated_acts.contact_point like '+%' then 'phone'
            when
                stated_acts.contact_point is not null
                and consent_channels.contact_point_type = 'push_token'
                then 'push_token'
        end as stated_point_type
    from stated_acts
    left join consent_channels
        on stated_acts.channel = consent_channels.channel
),

-- An address by which the channel does not go names no contact point of it, and neither does a
-- postal address, which nobody writes twice the same: the act is about the person then, which makes
-- a yes weaker and a no wider.
final as (
    select
        act_key,
        customer_id,
        evidence_type,
        source_name,
        source_record_id,
        customer_record_id,
        case
            when coalesce(channel_point_type, stated_point_type) = stated_point_type
                then stated_point_type
        end as contact_point_type,
        case
            when coalesce(channel_point_type, stated_point_type) = stated_point_type
                then contact_point
        end as contact_point,
        channel,
        purpose,
        brand,
        status,
        legal_basis,
        capture_source,
        text_version,
        is_double_opt_in,
        captured_at,
        coalesce(recorded_at, captured_at) as recorded_at,
        landed_at
    from typed_acts
)

select * from final
