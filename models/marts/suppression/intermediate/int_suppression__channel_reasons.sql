{#- One row per customer, channel and reason that closes the channel for any campaign. -#}
with

unified_customers as (
    select customer_id
    from {{ ref('unified_customers') }}
    where not is_anonymous
),

person_reasons as (
    select
        customer_id,
        reason_code,
        valid_to
    from {{ ref('int_suppression__person_reasons') }}
),

contact_points as (
    select * from {{ ref('int_suppression__contact_points') }}
),

frequency_caps as (
    select
        customer_id,
        channel,
        room_from
    from {{ ref('int_suppression__frequency_caps') }}
),

contact_policies as (
    select channel
    from {{ ref('contact_policies') }}
),

suppression_reasons as (
    select
        reason_code,
        precedence,
        hardness,
        purpose,
        effect
    from {{ ref('suppression_reasons') }}
),

best_points as (
    select
        customer_id,
        channel,
        is_allowed,
        is_hard_bounced,
        is_soft_bounced
    from contact_points
    where contact_point_rank = 1
),

channel_history as (
    select
        customer_id,
        channel,
        max(case when consent_rule = 'objection' then 1 else 0 end) = 1 as has_objection,
        max(
            case
                when
                    consent_status = 'withdrawn'
                    and coalesce(consent_rule, '') <> 'objection'
                    then 1
                else 0
            end
        ) = 1 as has_withdrawal,
        max(case when consent_status = 'permitted' and list_result <> 'clear' then 1 else 0 end) = 1
            as has_list_entry,
        max(case when is_complained then 1 else 0 end) = 1 as has_complaint
    from contact_points
    group by customer_id, channel
),

unreachable as (
    select
        unified_customers.customer_id,
        contact_policies.channel
    from unified_customers
    cross join contact_policies
    left join best_points
        on
            unified_customers.customer_id = best_points.customer_id
            and contact_policies.channel = best_points.channel
    where best_points.customer_id is null
),

held_caps as (
    select
        customer_id,
        channel,
        max(room_from) as valid_to
    from frequency_caps
    group by customer_id, channel
),

unioned as (
    select
        person_reasons.customer_id,
        contact_policies.channel,
        person_reasons.reason_code,
        person_reasons.valid_to
    from person_reasons
    cross join contact_policies

    union all

    select
        customer_id,
        channel,
        'no_contact_point' as reason_code,
        cast(null as timestamp) as valid_to
    from unreachable

    union all

    select
        customer_id,
        channel,
        'complaint' as reason_code,
        cast(null as timestamp) as valid_to
    from channel_history
    where has_complaint

    union all

    {# Without an address that may be used, the reasons are the choices made, if any were made. #}
    {%- for reason_code, condition in {
        'objected': 'channel_history.has_objection',
        'unsubscribed': 'channel_history.has_withdrawal',
        'external_list': 'channel_history.has_list_entry',
        'no_consent': 'not channel_history.has_objection and not channel_history.has_withdrawal'
            ~ ' and not channel_history.has_list_entry',
    }.items() %}
    select
        best_points.customer_id,
        best_points.channel,
        '{{ reason_code }}' as reason_code,
        cast(null as timestamp) as valid_to
    from best_points
    inner join channel_history
        on
            best_points.customer_id = channel_history.customer_id
            and best_points.channel = channel_history.channel
    where
        not best_points.is_allowed
        and {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

    union all

    select
        customer_id,
        channel,
        'hard_bounce' as reason_code,
        cast(null as timestamp) as valid_to
    from best_points
    where is_hard_bounced

    union all

    select
        customer_id,
        channel,
        'soft_bounce_run' as reason_code,
        cast(null as timestamp) as valid_to
    from best_points
    where is_soft_bounced

    union all

    select
        customer_id,
        channel,
        'frequency_cap' as reason_code,
        valid_to
    from held_caps
),

{# Messages about an order pass every soft reason and every reason that concerns marketing alone. #}
final as (
    select
        unioned.customer_id,
        unioned.channel,
        unioned.reason_code,
        suppression_reasons.effect,
        suppression_reasons.precedence,
        unioned.valid_to,
        suppression_reasons.purpose = 'all'
        and suppression_reasons.hardness = 'hard' as holds_for_transactional
    from unioned
    inner join suppression_reasons
        on unioned.reason_code = suppression_reasons.reason_code
)

select * from final
