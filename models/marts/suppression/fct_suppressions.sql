{#- One row per reason not to contact a person that holds at as_of, with its evidence. -#}
with

person_reasons as (
    select * from {{ ref('int_suppression__person_reasons') }}
),

contact_points as (
    select * from {{ ref('int_suppression__contact_points') }}
),

owned_products as (
    select * from {{ ref('int_suppression__owned_products') }}
),

frequency_caps as (
    select * from {{ ref('int_suppression__frequency_caps') }}
),

suppression_reasons as (
    select
        reason_code,
        precedence,
        scope,
        hardness,
        purpose,
        effect
    from {{ ref('suppression_reasons') }}
),

silent_channels as (
    select
        customer_id,
        channel,
        min(first_seen_at) as valid_from
    from contact_points
    group by customer_id, channel
    having max(case when consent_status is not null then 1 else 0 end) = 0
),

complaint_channels as (
    select
        customer_id,
        channel,
        min(complained_at) as valid_from
    from contact_points
    where is_complained
    group by customer_id, channel
),

unioned as (
    select
        customer_id,
        'all' as channel,
        cast(null as bigint) as contact_point_number,
        cast(null as string) as product_id,
        reason_code,
        '' as detail,
        evidence,
        valid_from,
        valid_to
    from person_reasons

    union all

    select
        customer_id,
        channel,
        contact_point_rank as contact_point_number,
        cast(null as string) as product_id,
        case consent_rule when 'objection' then 'objected' else 'unsubscribed' end as reason_code,
        '' as detail,
        consent_rule as evidence,
        decided_at as valid_from,
        cast(null as timestamp) as valid_to
    from contact_points
    where consent_status = 'withdrawn'

    union all

    select
        customer_id,
        channel,
        contact_point_rank as contact_point_number,
        cast(null as string) as product_id,
        'external_list' as reason_code,
        '' as detail,
        list_result as evidence,
        list_checked_at as valid_from,
        cast(null as timestamp) as valid_to
    from contact_points
    where
        list_result = 'listed'
        or (consent_status = 'permitted' and list_result <> 'clear')

    union all

    select
        customer_id,
        channel,
        cast(null as bigint) as contact_point_number,
        cast(null as string) as product_id,
        'no_consent' as reason_code,
        '' as detail,
        'no choice on record' as evidence,
        valid_from,
        cast(null as timestamp) as valid_to
    from silent_channels

    union all

    select
        customer_id,
        channel,
        cast(null as bigint) as contact_point_number,
        cast(null as string) as product_id,
        'complaint' as reason_code,
        '' as detail,
        'marked as spam' as evidence,
        valid_from,
        cast(null as timestamp) as valid_to
    from complaint_channels

    union all

    select
        customer_id,
        channel,
        contact_point_rank as contact_point_number,
        cast(null as string) as product_id,
        'hard_bounce' as reason_code,
        '' as detail,
        'bounced hard' as evidence,
        bounced_at as valid_from,
        cast(null as timestamp) as valid_to
    from contact_points
    where is_hard_bounced

    union all

    select
        customer_id,
        channel,
        contact_point_rank as contact_point_number,
        cast(null as string) as product_id,
        'soft_bounce_run' as reason_code,
        '' as detail,
        cast(soft_bounces_in_a_row as string) || ' soft bounces in a row' as evidence,
        cast(null as timestamp) as valid_from,
        cast(null as timestamp) as valid_to
    from contact_points
    where is_soft_bounced

    union all

    select
        customer_id,
        'all' as channel,
        cast(null as bigint) as contact_point_number,
        product_id,
        'owned_product' as reason_code,
        '' as detail,
        cast(kept_units as string) || ' kept' as evidence,
        first_ordered_at as valid_from,
        owned_until as valid_to
    from owned_products

    union all

    select
        customer_id,
        channel,
        cast(null as bigint) as contact_point_number,
        cast(null as string) as product_id,
        'frequency_cap' as reason_code,
        cap_code as detail,
        evidence,
        filled_at as valid_from,
        room_from as valid_to
    from frequency_caps
),

final as (
    select
        cast(
            {{ sha256_hex(
                "unioned.reason_code || '|' || unioned.customer_id || '|' || unioned.channel"
                ~ " || '|' || coalesce(cast(unioned.contact_point_number as string), '')"
                ~ " || '|' || coalesce(unioned.product_id, '') || '|' || unioned.detail"
            ) }} as string
        ) as suppression_key,
        cast(unioned.customer_id as string) as customer_id,
        cast(unioned.product_id as string) as product_id,
        cast(unioned.channel as string) as channel,
        cast(suppression_reasons.purpose as string) as purpose,
        cast(unioned.reason_code as string) as reason_code,
        cast(suppression_reasons.scope as string) as scope,
        cast(suppression_reasons.hardness as string) as hardness,
        cast(suppression_reasons.effect as string) as effect,
        cast(unioned.evidence as string) as evidence,
        cast(unioned.contact_point_number as bigint) as contact_point_number,
        cast(suppression_reasons.precedence as bigint) as precedence,
        cast(unioned.valid_from as timestamp) as valid_from,
        cast(unioned.valid_to as timestamp) as valid_to
    from unioned
    inner join suppression_reasons
        on unioned.reason_code = suppression_reasons.reason_code
)

select * from final
