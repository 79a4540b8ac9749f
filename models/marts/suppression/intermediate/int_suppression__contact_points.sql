{#- One row per customer, channel of campaigns and contact point that the channel could use, the
    best one first, by the consent that the channel follows. Where only consent will do, a
    permission is as good as nothing said. -#}
with

unified_contact_channels as (
    select * from {{ ref('unified_contact_channels') }}
),

unified_customers as (
    select customer_id
    from {{ ref('unified_customers') }}
    where not is_anonymous
),

contact_policies as (
    select
        channel,
        consent_channel,
        needs_consent
    from {{ ref('contact_policies') }}
),

channel_points as (
    select
        unified_contact_channels.customer_id,
        contact_policies.channel,
        unified_contact_channels.contact_point,
        case
            when unified_contact_channels.consent_status <> 'permitted'
                then unified_contact_channels.consent_status
            when not contact_policies.needs_consent then 'permitted'
        end as consent_status,
        unified_contact_channels.consent_rule,
        unified_contact_channels.legal_basis,
        unified_contact_channels.list_result,
        unified_contact_channels.soft_bounces_in_a_row,
        (
            unified_contact_channels.is_allowed
            and (
                unified_contact_channels.consent_status <> 'permitted'
                or not contact_policies.needs_consent
            )
        ) as is_allowed,
        unified_contact_channels.is_hard_bounced,
        unified_contact_channels.is_soft_bounced,
        unified_contact_channels.is_complained,
        unified_contact_channels.decided_at,
        unified_contact_channels.list_checked_at,
        unified_contact_channels.bounced_at,
        unified_contact_channels.complained_at,
        unified_contact_channels.first_seen_at,
        unified_contact_channels.contact_point_rank
    from unified_contact_channels
    inner join unified_customers
        on unified_contact_channels.customer_id = unified_customers.customer_id
    inner join contact_policies
        on unified_contact_channels.channel = contact_policies.consent_channel
),

final as (
    select
        customer_id,
        channel,
        contact_point,
        consent_status,
        consent_rule,
        legal_basis,
        list_result,
        soft_bounces_in_a_row,
        is_allowed,
        is_hard_bounced,
        is_soft_bounced,
        is_complained,
        decided_at,
        list_checked_at,
        bounced_at,
        complained_at,
        first_seen_at,
        row_number() over (
            partition by customer_id, channel
            order by
                case when is_allowed then 0 else 1 end asc,
                contact_point_rank asc
        ) as contact_point_rank
    from channel_points
)

select * from final
