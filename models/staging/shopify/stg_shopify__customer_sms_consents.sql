{# One row per landed row of shopify.customer with a phone number that says anything about marketing
   SMS. #}
with

customers as (
    select * from {{ source('shopify', 'customer') }}
    where sms_marketing_consent_state is not null
),

decided as (
    select
        customers.*,
        {{ row_as_json('customers') }} as payload,
        {{ normalize_phone('customers.phone') }} as contact_point,
        {{ shopify_consent('customers.sms_marketing_consent_state') }} as status
    from customers
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.customer' as source_table,
        'customer-' || cast(decided.id as string) || '-sms' as source_record_id,
        cast(decided.id as string) as customer_record_id,
        ---------- strings
        decided.contact_point,
        'sms' as channel,
        'marketing' as purpose,
        decided.status,
        'consent' as legal_basis,
        'shop account' as capture_source,
        ---------- booleans
        case
            when decided.status = 'granted'
                then lower(decided.sms_marketing_consent_opt_in_level) = 'confirmed_opt_in'
        end as is_double_opt_in,
        ---------- timestamps
        case
            when {{ is_bad_time('decided.sms_marketing_consent_consent_updated_at') }}
                then coalesce(decided.updated_at, decided.created_at)
            else decided.sms_marketing_consent_consent_updated_at
        end as captured_at,
        coalesce(decided.updated_at, decided.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('decided') }},
        {{ reject_reason([
            ('decided.id is null', 'null key'),
            (is_bad_time('coalesce(decided.updated_at, decided.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        decided.payload
    from decided
    where
        decided.status is not null
        and decided.contact_point is not null
)

select * from final
