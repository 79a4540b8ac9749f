{#- One row per customer, channel and contact point that the channel could use, the best one
    first. -#}
with

unified_contact_points as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        soft_bounces_in_a_row,
        is_primary,
        bounced_at,
        complained_at,
        first_seen_at,
        last_seen_at
    from {{ ref('unified_contact_points') }}
),

unified_customers as (
    select customer_id
    from {{ ref('unified_customers') }}
    where not is_anonymous
),

unified_consents as (
    select
        customer_id,
        contact_point,
        channel,
        purpose,
        status,
        rule,
        decided_at
    from {{ ref('unified_consents') }}
),

contact_policies as (
    select
        channel,
        contact_point_type,
        consent_channel,
        consent_purpose,
        soft_bounce_limit
    from {{ ref('contact_policies') }}
),

{# A channel that is consented to by the person has no address: the choice itself is the contact
   point. #}
persons as (
    select
        customer_id,
        min(decided_at) as first_seen_at,
        max(decided_at) as last_seen_at
    from unified_consents
    where contact_point = '*'
    group by customer_id
),

points as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        soft_bounces_in_a_row,
        is_primary,
        bounced_at,
        complained_at,
        first_seen_at,
        last_seen_at
    from unified_contact_points

    union all

    select
        customer_id,
        'person' as contact_point_type,
        '*' as contact_point,
        cast(0 as bigint) as soft_bounces_in_a_row,
        true as is_primary,
        cast(null as timestamp) as bounced_at,
        cast(null as timestamp) as complained_at,
        first_seen_at,
        last_seen_at
    from persons
),

judged as (
    select
        points.customer_id,
        contact_policies.channel,
        points.contact_point,
        {{ sha256_hex("points.contact_point_type || '|' || points.contact_point") }}
            as contact_point_hash,
        unified_consents.status as consent_status,
        unified_consents.rule as consent_rule,
        points.soft_bounces_in_a_row,
        points.is_primary,
        coalesce(unified_consents.status = 'granted', false) as is_granted,
        points.bounced_at is not null as is_hard_bounced,
        points.soft_bounces_in_a_row >= contact_policies.soft_bounce_limit as is_soft_bounced,
        points.complained_at is not null as is_complained,
        unified_consents.decided_at,
        points.bounced_at,
        points.complained_at,
        points.first_seen_at,
        points.last_seen_at
    from points
    inner join unified_customers
        on points.customer_id = unified_customers.customer_id
    inner join contact_policies
        on points.contact_point_type = contact_policies.contact_point_type
    left join unified_consents
        on
            points.customer_id = unified_consents.customer_id
            and points.contact_point = unified_consents.contact_point
            and contact_policies.consent_channel = unified_consents.channel
            and contact_policies.consent_purpose = unified_consents.purpose
),

final as (
    select
        customer_id,
        channel,
        contact_point,
        contact_point_hash,
        consent_status,
        consent_rule,
        soft_bounces_in_a_row,
        is_granted,
        is_hard_bounced,
        is_soft_bounced,
        is_complained,
        decided_at,
        bounced_at,
        complained_at,
        first_seen_at,
        row_number() over (
            partition by customer_id, channel
            order by
                case when is_granted then 0 else 1 end asc,
                case when is_hard_bounced then 1 else 0 end asc,
                case when is_soft_bounced then 1 else 0 end asc,
                case when is_primary then 0 else 1 end asc,
                last_seen_at desc nulls last,
                contact_point asc
        ) as contact_point_rank
    from judged
)

select * from final
