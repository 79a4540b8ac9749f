{{ config(materialized='table') }}

{# One row per customer, channel and contact point that marketing could use on it, the best one
   first: allowed before undecided before refused; then whole before soft-bouncing before bounced;
   agreed to before permitted; verified; the one of the golden record; confirmed later; seen
   later. Allowed is what was agreed to, and what is permitted and on no exclusion list: not looked
   up there, or too long ago, counts as listed. #}
with

unified_contact_points as (
    select * from {{ ref('unified_contact_points') }}
),

unified_consents as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        status,
        rule,
        legal_basis,
        decided_at
    from {{ ref('unified_consents') }}
    where
        purpose = 'marketing'
        and brand = '*'
),

consent_channels as (
    select
        channel,
        contact_point_type,
        soft_bounce_limit
    from {{ ref('consent_channels') }}
),

external_lists as (
    select
        list_code,
        market,
        channel,
        max_age_days
    from {{ ref('external_lists') }}
),

unified_list_checks as (
    select * from {{ ref('unified_list_checks') }}
),

channel_points as (
    select
        unified_contact_points.customer_id,
        consent_channels.channel,
        unified_contact_points.contact_point_type,
        unified_contact_points.contact_point,
        unified_contact_points.market,
        unified_consents.status as consent_status,
        unified_consents.rule as consent_rule,
        unified_consents.legal_basis,
        unified_contact_points.soft_bounces_in_a_row,
        unified_contact_points.is_primary,
        unified_contact_points.is_verified,
        unified_contact_points.is_bounced as is_hard_bounced,
        unified_contact_points.soft_bounces_in_a_row >= consent_channels.soft_bounce_limit
            as is_soft_bounced,
        unified_contact_points.is_complained,
        unified_consents.decided_at,
        unified_contact_points.bounced_at,
        unified_contact_points.complained_at,
        unified_contact_points.last_confirmed_at,
        unified_contact_points.first_seen_at,
        unified_contact_points.last_seen_at
    from unified_contact_points
    inner join consent_channels
        on unified_contact_points.contact_point_type = consent_channels.contact_point_type
    left join unified_consents
        on
            unified_contact_points.customer_id = unified_consents.customer_id
            and unified_contact_points.contact_point_type = unified_consents.contact_point_type
            and unified_contact_points.contact_point = unified_consents.contact_point
            and consent_channels.channel = unified_consents.channel
),

-- Express consent needs no look into a list.
demanded_checks as (
    select
        channel_points.customer_id,
        channel_points.channel,
        channel_points.contact_point,
        external_lists.list_code,
        external_lists.max_age_days,
        {{ sha256_hex('channel_points.contact_point') }} as identifier_hash
    from channel_points
    inner join external_lists
        on
            channel_points.market = external_lists.market
            and channel_points.channel = external_lists.channel
    where coalesce(channel_points.consent_status, '') <> 'granted'
),

check_results as (
    select
        demanded_checks.customer_id,
        demanded_checks.channel,
        demanded_checks.contact_point,
        min(
            case
                when unified_list_checks.result is null then '2 unchecked'
                when unified_list_checks.result <> 'not_listed' then '1 listed'
                when
                    coalesce(
                        unified_list_checks.valid_to,
                        {{ add_time(
                            'unified_list_checks.checked_at', 'demanded_checks.max_age_days', 'day'
                        ) }}
                    ) <= {{ as_of() }}
                    then '3 stale'
                else '4 clear'
            end
        ) as ranked_result,
        min(unified_list_checks.checked_at) as checked_at
    from demanded_checks
    left join unified_list_checks
        on
            demanded_checks.list_code = unified_list_checks.list_code
            and demanded_checks.identifier_hash = unified_list_checks.identifier_hash
    group by
        demanded_checks.customer_id,
        demanded_checks.channel,
        demanded_checks.contact_point
),

-- Whose market is unknown, nobody knows where to look up.
checked_points as (
    select
        channel_points.*,
        case
            when check_results.ranked_result is not null
                then substr(check_results.ranked_result, 3)
            when channel_points.consent_status = 'permitted' and channel_points.market is null
                then 'unchecked'
        end as list_result,
        check_results.checked_at as list_checked_at
    from channel_points
    left join check_results
        on
            channel_points.customer_id = check_results.customer_id
            and channel_points.channel = check_results.channel
            and channel_points.contact_point = check_results.contact_point
),

allowed_points as (
    select
        *,
        coalesce(
            consent_status = 'granted'
            or (consent_status = 'permitted' and coalesce(list_result, 'clear') = 'clear'),
            false
        ) as is_allowed
    from checked_points
),

final as (
    select
        customer_id,
        channel,
        contact_point_type,
        contact_point,
        market,
        consent_status,
        consent_rule,
        legal_basis,
        list_result,
        cast(
            row_number() over (
                partition by customer_id, channel
                order by
                    case
                        when is_allowed then 0
                        when consent_status is null then 1
                        else 2
                    end asc,
                    case when is_hard_bounced then 1 else 0 end asc,
                    case when is_soft_bounced then 1 else 0 end asc,
                    case consent_status when 'granted' then 0 else 1 end asc,
                    case when is_verified then 0 else 1 end asc,
                    case when is_primary then 0 else 1 end asc,
                    last_confirmed_at desc nulls last,
                    last_seen_at desc nulls last,
                    contact_point asc
            ) as bigint
        ) as contact_point_rank,
        soft_bounces_in_a_row,
        is_allowed,
        is_primary,
        is_verified,
        is_hard_bounced,
        is_soft_bounced,
        is_complained,
        decided_at,
        list_checked_at,
        bounced_at,
        complained_at,
        last_confirmed_at,
        first_seen_at,
        last_seen_at
    from allowed_points
)

select * from final
