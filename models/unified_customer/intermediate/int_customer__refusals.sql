{# One row per contact point and act of refusal that has ever reached it: a memory that is only
   added to. A refusal reaches the contact point that it names, and every other one that the same
   person has for its channel at any build from then on. What it has once reached it keeps, whatever
   becomes of the graph, of the record that said it, of its source or of a rule: only a later opt-in
   opens the contact point again. So a full refresh keeps this table. #}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
    )
}}

with

refusals as (
    select
        act_key,
        customer_id,
        evidence_type,
        source_name,
        source_record_id,
        contact_point_type,
        contact_point,
        channel,
        purpose,
        brand,
        status,
        captured_at,
        recorded_at,
        -- Said of the person or, by a complaint, of the sender: not of one address alone.
        (
            contact_point is null
            or status = 'objected'
            or evidence_type = 'complained'
        ) as is_about_person
    from {{ ref('unified_consent_acts') }}
    where status <> 'granted'
),

int_customer__contact_points as (
    select
        customer_id,
        contact_point_type,
        contact_point_key
    from {{ ref('int_customer__contact_points') }}
),

consent_channels as (
    select
        channel,
        contact_point_type
    from {{ ref('consent_channels') }}
),

consent_points as (
    select
        int_customer__contact_points.customer_id,
        int_customer__contact_points.contact_point_type,
        int_customer__contact_points.contact_point_key
    from int_customer__contact_points
    where
        int_customer__contact_points.contact_point_type in (
            select consent_channels.contact_point_type from consent_channels
        )
    group by
        int_customer__contact_points.customer_id,
        int_customer__contact_points.contact_point_type,
        int_customer__contact_points.contact_point_key
),

reached as (
    select
        act_key,
        contact_point_type,
        {{ contact_point_key('contact_point_type', 'contact_point') }} as contact_point_key,
        1 as is_direct
    from refusals
    where contact_point is not null

    union all

    select
        refusals.act_key,
        consent_points.contact_point_type,
        consent_points.contact_point_key,
        case when refusals.is_about_person then 1 else 0 end as is_direct
    from refusals
    left join consent_channels
        on refusals.channel = consent_channels.channel
    inner join consent_points
        on
            refusals.customer_id = consent_points.customer_id
            and (
                consent_channels.contact_point_type = consent_points.contact_point_type
                or (
                    refusals.channel = 'all'
                    and (
                        refusals.is_about_person
                        or refusals.contact_point_type = consent_points.contact_point_type
                    )
                )
            )
),

reached_once as (
    select
        act_key,
        contact_point_type,
        contact_point_key,
        max(is_direct) = 1 as is_direct
    from reached
    group by
        act_key,
        contact_point_type,
        contact_point_key
),

final as (
    select
        reached_once.contact_point_type,
        reached_once.contact_point_key,
        refusals.act_key,
        refusals.evidence_type,
        refusals.source_name,
        refusals.source_record_id,
        refusals.channel,
        refusals.purpose,
        refusals.brand,
        refusals.status,
        reached_once.is_direct,
        refusals.captured_at,
        refusals.recorded_at
    from reached_once
    inner join refusals
        on reached_once.act_key = refusals.act_key
    {%- if is_incremental() %}
    where not exists (
        select 1
        from {{ this }} as remembered
        where
            remembered.contact_point_type = reached_once.contact_point_type
            and remembered.contact_point_key = reached_once.contact_point_key
            and remembered.act_key = refusals.act_key
            and remembered.captured_at = refusals.captured_at
    )
    {%- endif %}
)

select * from final
