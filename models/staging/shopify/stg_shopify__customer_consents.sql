{# One row per landed row of shopify.customer with an e-mail address: what the account says about
   marketing e-mail. The act is dated by the shop's own time of the change; without one, a yes by
   the account's opening and a no by its last change: a change of address must not renew a yes. Who
   was never asked (not_subscribed) or has not confirmed yet (pending) has done nothing. #}
with

customers as (
    select * from {{ source('shopify', 'customer') }}
),

decided as (
    select
        customers.*,
        {{ row_as_json('customers') }} as payload,
        {{ normalize_email('customers.email') }} as contact_point,
        case
            when customers.email_marketing_consent_state is not null
                then {{ shopify_consent('customers.email_marketing_consent_state') }}
            when customers.accepts_marketing then 'granted'
            when not customers.accepts_marketing then 'withdrawn'
        end as status,
        coalesce(
            customers.email_marketing_consent_consent_updated_at,
            customers.accepts_marketing_updated_at
        ) as stated_at,
        coalesce(
            customers.email_marketing_consent_opt_in_level, customers.marketing_opt_in_level
        ) as opt_in_level
    from customers
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.customer' as source_table,
        'customer-' || cast(decided.id as string) as source_record_id,
        cast(decided.id as string) as customer_record_id,
        ---------- strings
        decided.contact_point,
        'email' as channel,
        'marketing' as purpose,
        decided.status,
        'consent' as legal_basis,
        'shop account' as capture_source,
        ---------- booleans
        case
            when decided.status = 'granted' then lower(decided.opt_in_level) = 'confirmed_opt_in'
        end as is_double_opt_in,
        ---------- timestamps
        case
            when not {{ is_bad_time('decided.stated_at') }} then decided.stated_at
            when decided.status = 'granted'
                then coalesce({{ known_time('decided.created_at') }}, decided.updated_at)
            else coalesce(decided.updated_at, decided.created_at)
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
