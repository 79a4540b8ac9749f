{#- One row per customer of the Google Customer Match audience lapsed_high_value. -#}
with

customer_match as (
    select
        audience,
        customer_id,
        drop_reason,
        email_sha256,
        phone_sha256,
        first_name_sha256,
        last_name_sha256,
        country_code,
        postal_code
    from {{ ref('int_activation__google_customer_match') }}
),

final as (
    select
        cast(customer_id as string) as customer_id,
        cast(email_sha256 as string) as email_sha256,
        cast(phone_sha256 as string) as phone_sha256,
        cast(first_name_sha256 as string) as first_name_sha256,
        cast(last_name_sha256 as string) as last_name_sha256,
        cast(country_code as string) as country_code,
        cast(postal_code as string) as postal_code
    from customer_match
    where
        audience = 'lapsed_high_value'
        and drop_reason is null
)

select * from final
