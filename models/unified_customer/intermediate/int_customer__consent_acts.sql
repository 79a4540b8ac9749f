{{ config(materialized='table') }}

{# One row per act of consent that still stands, spelled out per channel and purpose. An act
   stands until the same record acts again on the same point, channel, purpose and brand.
   Unsubscribing from a message and complaining about one are withdrawals as good as any. #}
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
        captured_at
    from {{ ref('harmonized_consents') }}
    where captured_at <= {{ as_of() }}
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
        outcome_at
    from {{ ref('unified_messages') }}
    where outcome in ('unsubscribed', 'complained')
),

consent_channels as (
    select
        channel,
        contact_point_type
    from {{ ref('consent_channels') }}
),

consent_purposes as (
    select purpose
    from {{ ref('consent_purposes') }}
),

stated_acts as (
    select
        identity_source_records.customer_id,
        'consent' as evidence_type,
        harmonized_consents.source_name,
        harmonized_consents.source_record_id,
        coalesce(harmonized_consents.customer_record_id, harmonized_consents.contact_point, '')
            as actor,
        harmonized_consents.contact_point,
        coalesce(harmonized_consents.channel, 'all') as stated_channel,
        coalesce(harmonized_consents.purpose, 'all') as stated_purpose,
        coalesce(harmonized_consents.brand, '') as brand,
        -- Whatever is not plainly a yes is a no.
        case harmonized_consents.status when 'granted' then 'granted' else 'withdrawn' end
            as status,
        harmonized_consents.legal_basis,
        harmonized_consents.captured_at as decided_at
    from harmonized_consents
    left join identity_source_records
        on
            harmonized_consents.source_name = identity_source_records.source_name
            and harmonized_consents.source_record_id = identity_source_records.source_record_id

    union all

    select
        customer_id,
        outcome as evidence_type,
        source_name,
        source_record_id,
        coalesce(customer_record_id, contact_point, '') as actor,
        contact_point,
        channel as stated_channel,
        'marketing' as stated_purpose,
        '' as brand,
        'withdrawn' as status,
        cast(null as string) as legal_basis,
        outcome_at as decided_at
    from unified_messages
),

ranked_acts as (
    select
        customer_id,
        evidence_type,
        source_name,
        source_record_id,
        contact_point,
        stated_channel,
        stated_purpose,
        status,
        legal_basis,
        decided_at,
        row_number() over (
            partition by
                coalesce(customer_id, ''),
                source_name,
                actor,
                coalesce(contact_point, ''),
                stated_channel,
                stated_purpose,
                brand
            order by
                decided_at desc,
                -- At the same instant the no counts.
                case status when 'withdrawn' then 0 else 1 end asc,
                evidence_type asc,
                source_record_id asc
        ) as act_rank
    from stated_acts
),

final as (
    select
        ranked_acts.customer_id,
        ranked_acts.evidence_type,
        ranked_acts.source_name,
        ranked_acts.source_record_id,
        consent_channels.contact_point_type,
        ranked_acts.contact_point,
        consent_channels.channel,
        consent_purposes.purpose,
        ranked_acts.status,
        ranked_acts.legal_basis,
        (
            ranked_acts.contact_point is not null
            and ranked_acts.stated_channel <> 'all'
            and ranked_acts.stated_purpose <> 'all'
        ) as is_explicit,
        ranked_acts.decided_at
    from ranked_acts
    inner join consent_channels
        on
            ranked_acts.stated_channel = consent_channels.channel
            or (
                ranked_acts.stated_channel = 'all'
                -- An act about an address or a number reaches the channels that use one.
                and (
                    ranked_acts.contact_point is null
                    or consent_channels.contact_point_type
                    = case
                        when ranked_acts.contact_point like '%@%' then 'email'
                        else 'phone'
                    end
                )
            )
    inner join consent_purposes
        on
            ranked_acts.stated_purpose = consent_purposes.purpose
            or ranked_acts.stated_purpose = 'all'
    where ranked_acts.act_rank = 1
)

select * from final
