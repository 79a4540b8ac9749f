{#- One row per audience and customer of its segment: the hashed line for the file, or why there
    is none. -#}
with

activation_audiences as (
    select
        audience,
        segment_code
    from {{ ref('activation_audiences') }}
    where destination = 'google_customer_match'
),

segment_customers as (
    select
        segment_code,
        customer_id
    from {{ ref('bridge_segment_customers') }}
),

unified_customers as (
    select
        customer_id,
        given_name,
        family_name,
        phone,
        postal_code,
        country_code
    from {{ ref('unified_customers') }}
),

contactability as (
    select
        customer_id,
        channel,
        first_reason,
        is_contactable,
        ',' || coalesce(all_reasons, '') || ',' as all_reasons
    from {{ ref('fct_contactability') }}
),

contact_points as (
    select
        customer_id,
        contact_point
    from {{ ref('int_suppression__contact_points') }}
    where
        channel = 'ads'
        and contact_point_rank = 1
),

{# A number whose owner closed the channel of text messages is not used to find that person
   elsewhere. #}
normalized as (
    select
        activation_audiences.audience,
        segment_customers.customer_id,
        coalesce(ads_contactability.is_contactable, false) as is_contactable,
        coalesce(ads_contactability.first_reason, 'unknown') as first_reason,
        {{ google_normalize_email('contact_points.contact_point') }} as email,
        case
            when
                sms_contactability.all_reasons not like '%,unsubscribed,%'
                and sms_contactability.all_reasons not like '%,objected,%'
                then {{ google_normalize_phone('unified_customers.phone') }}
        end as phone,
        {{ google_normalize_name('unified_customers.given_name') }} as given_name,
        {{ google_normalize_name('unified_customers.family_name') }} as family_name,
        {{ google_normalize_postal_code('unified_customers.postal_code') }} as postal_code,
        {{ google_normalize_country('unified_customers.country_code') }} as country_code
    from activation_audiences
    inner join segment_customers
        on activation_audiences.segment_code = segment_customers.segment_code
    inner join unified_customers
        on segment_customers.customer_id = unified_customers.customer_id
    left join contactability as ads_contactability
        on
            segment_customers.customer_id = ads_contactability.customer_id
            and ads_contactability.channel = 'ads'
    left join contactability as sms_contactability
        on
            segment_customers.customer_id = sms_contactability.customer_id
            and sms_contactability.channel = 'sms'
    left join contact_points
        on segment_customers.customer_id = contact_points.customer_id
),

{# Google matches an address block only when it is whole. #}
completed as (
    select
        audience,
        customer_id,
        email,
        phone,
        given_name,
        family_name,
        postal_code,
        country_code,
        given_name is not null
        and family_name is not null
        and postal_code is not null
        and country_code is not null as has_address_block,
        case
            when not is_contactable then 'suppressed: ' || first_reason
            when email is null and phone is null then 'no valid e-mail or phone'
        end as drop_reason
    from normalized
),

{# Whoever is dropped leaves no hash behind either. #}
final as (
    select
        audience,
        customer_id,
        drop_reason,
        case when drop_reason is null then {{ sha256_hex('email') }} end as email_sha256,
        case when drop_reason is null then {{ sha256_hex('phone') }} end as phone_sha256,
        case when drop_reason is null and has_address_block then {{ sha256_hex('given_name') }} end
            as first_name_sha256,
        case when drop_reason is null and has_address_block then {{ sha256_hex('family_name') }} end
            as last_name_sha256,
        case when drop_reason is null and has_address_block then country_code end as country_code,
        case when drop_reason is null and has_address_block then postal_code end as postal_code
    from completed
)

select * from final
