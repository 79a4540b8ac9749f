{#- One row per customer, campaign still to be sent and channel: include, suppress or defer, and
    why. -#}
with

audiences as (
    select * from {{ ref('int_suppression__audiences') }}
),

channel_reasons as (
    select * from {{ ref('int_suppression__channel_reasons') }}
),

owned_products as (
    select
        customer_id,
        product_id,
        owned_until
    from {{ ref('int_suppression__owned_products') }}
),

suppression_reasons as (
    select
        reason_code,
        precedence,
        effect
    from {{ ref('suppression_reasons') }}
),

campaigns as (
    select
        campaign_key,
        product_ids
    from audiences
    where
        product_ids is not null
        and purpose <> 'transactional'
    group by campaign_key, product_ids
),

promoted_products as (
    select
        campaigns.campaign_key,
        trim(promoted.product_id) as product_id
    from campaigns
    {{ unnest_list(split_text('campaigns.product_ids', ','), 'promoted', 'product_id') }}
),

campaign_products as (
    select
        campaign_key,
        product_id,
        count(*) over (partition by campaign_key) as product_count
    from promoted_products
    where product_id <> ''
    group by campaign_key, product_id
),

{# Someone who has only a part of what is promoted may still want the rest. #}
owners as (
    select
        campaign_products.campaign_key,
        owned_products.customer_id,
        min(campaign_products.product_count) as product_count,
        count(*) as owned_count,
        min(owned_products.owned_until) is not null as has_end,
        min(owned_products.owned_until) as first_owned_until
    from owned_products
    inner join campaign_products
        on owned_products.product_id = campaign_products.product_id
    group by campaign_products.campaign_key, owned_products.customer_id
),

{# A reason that will have ended when the campaign goes out does not count. #}
reasons as (
    select
        audiences.campaign_key,
        audiences.customer_id,
        channel_reasons.reason_code,
        channel_reasons.effect,
        channel_reasons.precedence,
        channel_reasons.valid_to
    from audiences
    inner join channel_reasons
        on
            audiences.customer_id = channel_reasons.customer_id
            and audiences.channel = channel_reasons.channel
    where
        (channel_reasons.valid_to is null or channel_reasons.valid_to > audiences.planned_at)
        and (audiences.purpose <> 'transactional' or channel_reasons.holds_for_transactional)

    union all

    select
        audiences.campaign_key,
        audiences.customer_id,
        suppression_reasons.reason_code,
        suppression_reasons.effect,
        suppression_reasons.precedence,
        case when owners.has_end then owners.first_owned_until end as valid_to
    from audiences
    inner join owners
        on
            audiences.campaign_key = owners.campaign_key
            and audiences.customer_id = owners.customer_id
    inner join suppression_reasons
        on suppression_reasons.reason_code = 'owned_product'
    where
        owners.owned_count = owners.product_count
        and (not owners.has_end or owners.first_owned_until > audiences.planned_at)
),

judged as (
    select
        campaign_key,
        customer_id,
        min(precedence) as first_precedence,
        {{ reasons_in_order('precedence', 'reason_code') }} as all_reasons,
        max(case when effect = 'defer' then 0 else 1 end) = 0 as is_deferred,
        max(case when valid_to is null then 1 else 0 end) = 0 as has_end,
        max(valid_to) as last_valid_to
    from reasons
    group by campaign_key, customer_id
),

final as (
    select
        cast(audiences.campaign_key || '|' || audiences.customer_id as string) as decision_key,
        cast(audiences.customer_id as string) as customer_id,
        cast(audiences.campaign_key as string) as campaign_key,
        cast(audiences.campaign_id as string) as campaign_id,
        cast(audiences.channel as string) as channel,
        cast(audiences.purpose as string) as purpose,
        cast(
            case
                when judged.customer_id is null then 'include'
                when judged.is_deferred then 'defer'
                else 'suppress'
            end as string
        ) as decision,
        cast(suppression_reasons.reason_code as string) as first_reason,
        cast(judged.all_reasons as string) as all_reasons,
        cast(audiences.planned_at as timestamp) as planned_at,
        cast(case when judged.has_end then judged.last_valid_to end as timestamp)
            as next_eligible_at
    from audiences
    left join judged
        on
            audiences.campaign_key = judged.campaign_key
            and audiences.customer_id = judged.customer_id
    left join suppression_reasons
        on judged.first_precedence = suppression_reasons.precedence
)

select * from final
