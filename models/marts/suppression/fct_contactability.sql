{#- One row per known customer and channel: may marketing use the channel now, and if not, why and
    until when. Reasons that depend on what a campaign promotes are not in it. -#}
with

unified_customers as (
    select
        customer_id,
        population
    from {{ ref('unified_customers') }}
    where not is_anonymous
),

contact_policies as (
    select channel
    from {{ ref('contact_policies') }}
),

contact_points as (
    select
        customer_id,
        channel,
        legal_basis,
        decided_at
    from {{ ref('int_suppression__contact_points') }}
    where
        contact_point_rank = 1
        and is_allowed
),

channel_reasons as (
    select * from {{ ref('int_suppression__channel_reasons') }}
),

suppression_reasons as (
    select
        precedence,
        reason_code
    from {{ ref('suppression_reasons') }}
),

reasons as (
    select
        customer_id,
        channel,
        min(precedence) as first_precedence,
        {{ reasons_in_order('precedence', 'reason_code') }} as all_reasons,
        max(case when valid_to is null then 1 else 0 end) = 0 as has_end,
        max(valid_to) as last_valid_to
    from channel_reasons
    group by customer_id, channel
),

final as (
    select
        cast(unified_customers.customer_id || '|' || contact_policies.channel as string)
            as contactability_key,
        cast(unified_customers.customer_id as string) as customer_id,
        cast(contact_policies.channel as string) as channel,
        cast(unified_customers.population as string) as population,
        cast(suppression_reasons.reason_code as string) as first_reason,
        cast(reasons.all_reasons as string) as all_reasons,
        cast(contact_points.legal_basis as string) as legal_basis,
        cast(reasons.customer_id is null as boolean) as is_contactable,
        cast(contact_points.decided_at as timestamp) as consented_at,
        cast(case when reasons.has_end then reasons.last_valid_to end as timestamp)
            as next_eligible_at
    from unified_customers
    cross join contact_policies
    left join contact_points
        on
            unified_customers.customer_id = contact_points.customer_id
            and contact_policies.channel = contact_points.channel
    left join reasons
        on
            unified_customers.customer_id = reasons.customer_id
            and contact_policies.channel = reasons.channel
    left join suppression_reasons
        on reasons.first_precedence = suppression_reasons.precedence
)

select * from final
