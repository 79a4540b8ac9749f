{{ config(materialized='table') }}

{# One row per customer, contact point, channel and purpose on which anybody has decided
   anything; no row means no. A withdrawal at any level and from any record that belongs to the
   customer wins over every grant, except over a later opt-in given for that very contact point,
   channel and purpose. A withdrawal at a shared contact point holds for all who share it; a
   grant only for who gave it. #}
with

int_customer__consent_acts as (
    select * from {{ ref('int_customer__consent_acts') }}
),

unified_contact_points as (
    select
        customer_id,
        contact_point_type,
        contact_point
    from {{ ref('unified_contact_points') }}
),

points as (
    select
        customer_id,
        contact_point_type,
        contact_point
    from unified_contact_points

    union

    select
        customer_id,
        contact_point_type,
        contact_point
    from int_customer__consent_acts
    where
        customer_id is not null
        and contact_point is not null

    union

    -- Channels without an address of their own are consented to by the person.
    select
        customer_id,
        contact_point_type,
        '*' as contact_point
    from int_customer__consent_acts
    where
        customer_id is not null
        and contact_point_type = 'person'
),

shared_withdrawals as (
    select
        contact_point_type,
        contact_point,
        channel,
        purpose,
        evidence_type,
        source_name,
        source_record_id,
        decided_at,
        row_number() over (
            partition by contact_point_type, contact_point, channel, purpose
            order by decided_at desc, evidence_type asc, source_name asc, source_record_id asc
        ) as withdrawal_rank
    from int_customer__consent_acts
    where
        status = 'withdrawn'
        and contact_point is not null
),

applicable_acts as (
    select
        points.customer_id,
        points.contact_point,
        int_customer__consent_acts.channel,
        int_customer__consent_acts.purpose,
        int_customer__consent_acts.status,
        int_customer__consent_acts.legal_basis,
        int_customer__consent_acts.evidence_type,
        int_customer__consent_acts.source_name,
        int_customer__consent_acts.source_record_id,
        int_customer__consent_acts.is_explicit,
        int_customer__consent_acts.decided_at
    from points
    inner join int_customer__consent_acts
        on
            points.customer_id = int_customer__consent_acts.customer_id
            and points.contact_point_type = int_customer__consent_acts.contact_point_type
    where
        int_customer__consent_acts.contact_point is null
        or int_customer__consent_acts.contact_point = points.contact_point

    union all

    select
        points.customer_id,
        points.contact_point,
        shared_withdrawals.channel,
        shared_withdrawals.purpose,
        'withdrawn' as status,
        cast(null as string) as legal_basis,
        shared_withdrawals.evidence_type,
        shared_withdrawals.source_name,
        shared_withdrawals.source_record_id,
        false as is_explicit,
        shared_withdrawals.decided_at
    from points
    inner join shared_withdrawals
        on
            points.contact_point_type = shared_withdrawals.contact_point_type
            and points.contact_point = shared_withdrawals.contact_point
    where shared_withdrawals.withdrawal_rank = 1
),

decisions as (
    select
        customer_id,
        contact_point,
        channel,
        purpose,
        max(case when status = 'granted' then decided_at end) as granted_at,
        max(case when status = 'granted' and is_explicit then decided_at end)
            as explicitly_granted_at,
        max(case when status = 'withdrawn' then decided_at end) as withdrawn_at
    from applicable_acts
    group by
        customer_id,
        contact_point,
        channel,
        purpose
),

ruled_decisions as (
    select
        customer_id,
        contact_point,
        channel,
        purpose,
        case
            when withdrawn_at is null then 'granted'
            when explicitly_granted_at > withdrawn_at then 'granted'
            else 'withdrawn'
        end as status,
        case
            when withdrawn_at is null then 'only_grants'
            when explicitly_granted_at > withdrawn_at then 'reopened_by_opt_in'
            when granted_at is null then 'only_withdrawals'
            else 'most_restrictive'
        end as rule
    from decisions
),

-- The act to show as proof: of those that say what was decided, the most specific and latest.
ranked_evidence as (
    select
        ruled_decisions.customer_id,
        ruled_decisions.contact_point,
        ruled_decisions.channel,
        ruled_decisions.purpose,
        ruled_decisions.status,
        applicable_acts.legal_basis,
        ruled_decisions.rule,
        applicable_acts.evidence_type,
        applicable_acts.source_name,
        applicable_acts.source_record_id,
        applicable_acts.decided_at,
        row_number() over (
            partition by
                ruled_decisions.customer_id,
                ruled_decisions.contact_point,
                ruled_decisions.channel,
                ruled_decisions.purpose
            order by
                case
                    when ruled_decisions.rule = 'reopened_by_opt_in' and applicable_acts.is_explicit
                        then 0
                    else 1
                end asc,
                applicable_acts.decided_at desc,
                applicable_acts.evidence_type asc,
                applicable_acts.source_name asc,
                applicable_acts.source_record_id asc,
                applicable_acts.legal_basis asc nulls last
        ) as evidence_rank
    from ruled_decisions
    inner join applicable_acts
        on
            ruled_decisions.customer_id = applicable_acts.customer_id
            and ruled_decisions.contact_point = applicable_acts.contact_point
            and ruled_decisions.channel = applicable_acts.channel
            and ruled_decisions.purpose = applicable_acts.purpose
            and ruled_decisions.status = applicable_acts.status
),

final as (
    select
        customer_id,
        contact_point,
        channel,
        purpose,
        status,
        legal_basis,
        rule,
        evidence_type,
        source_name,
        source_record_id,
        decided_at
    from ranked_evidence
    where evidence_rank = 1
)

select * from final
