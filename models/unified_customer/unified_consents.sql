{{ config(materialized='table') }}

{# One row per customer, contact point, channel, purpose and brand for which there is an answer at
   as_of, with the act on which it rests; no row means no. #}
with

unified_consent_history as (
    select *
    from {{ ref('unified_consent_history') }}
    where
        known_to is null
        and valid_from <= {{ as_of() }}
        and (valid_to is null or valid_to > {{ as_of() }})
),

unified_consent_acts as (
    select
        act_key,
        customer_id,
        evidence_type,
        source_name,
        source_record_id,
        contact_point,
        text_version,
        is_double_opt_in,
        captured_at
    from {{ ref('unified_consent_acts') }}
),

int_customer__refusals as (
    select
        act_key,
        min(evidence_type) as evidence_type,
        min(source_name) as source_name,
        min(source_record_id) as source_record_id,
        max(case when status = 'objected' then 1 else 0 end) = 1 as is_objection
    from {{ ref('int_customer__refusals') }}
    group by act_key
),

final as (
    select
        unified_consent_history.customer_id,
        unified_consent_history.contact_point_type,
        unified_consent_history.contact_point,
        unified_consent_history.channel,
        unified_consent_history.purpose,
        unified_consent_history.brand,
        unified_consent_history.status,
        case
            when unified_consent_history.status <> 'withdrawn' then unified_consent_history.rule
            when int_customer__refusals.is_objection then 'objection'
            -- Said by somebody who has, or had, this contact point or this customer's records.
            when
                coalesce(unified_consent_acts.customer_id, '')
                <> unified_consent_history.customer_id
                then 'refused_by_another'
            else unified_consent_history.rule
        end as rule,
        unified_consent_history.legal_basis,
        coalesce(
            unified_consent_acts.evidence_type, int_customer__refusals.evidence_type, 'purchase'
        ) as evidence_type,
        coalesce(
            unified_consent_acts.source_name,
            int_customer__refusals.source_name,
            split_part(unified_consent_history.act_key, '|', 2)
        ) as source_name,
        coalesce(
            unified_consent_acts.source_record_id,
            int_customer__refusals.source_record_id,
            split_part(unified_consent_history.act_key, '|', 3)
        ) as source_record_id,
        unified_consent_acts.text_version,
        unified_consent_acts.is_double_opt_in,
        unified_consent_history.valid_from as decided_at,
        unified_consent_history.valid_to as valid_until
    from unified_consent_history
    left join unified_consent_acts
        on unified_consent_history.act_key = unified_consent_acts.act_key
    left join int_customer__refusals
        on
            unified_consent_history.act_key = int_customer__refusals.act_key
            and unified_consent_history.status = 'withdrawn'
)

select * from final
