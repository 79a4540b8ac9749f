{# One row per landed row of shopify.customer with an e-mail address: what the account says about
   marketing e-mail. The act is dated by the shop's own time of the change; without one, a yes by the
   account's opening and a no by its last change: a change of address must not renew a yes. #}
with

customers as (
    select * from {{ source('shopify', 'customer') }}
),

final as (
    select
        ---------- ids
        'shopify' as source_name,
        'shopify.customer' as source_table,
        'customer-' || cast(customers.id as string) as source_record_id,
        cast(customers.id as string) as customer_record_id,
        ---------- strings
        {{ normalize_email('customers.email') }} as contact_point,
        'email' as channel,
        'marketing' as purpose,
        case when customers.accepts_marketing then 'granted' else 'withdrawn' end as status,
        'consent' as legal_basis,
        'shop account' as capture_source,
        ---------- booleans
        case
            when customers.accepts_marketing
                then lower(customers.marketing_opt_in_level) = 'confirmed_opt_in'
        end as is_double_opt_in,
        ---------- timestamps
        case
            when not {{ is_bad_time('customers.accepts_marketing_updated_at') }}
                then customers.accepts_marketing_updated_at
            when customers.accepts_marketing
                then coalesce(customers.created_at, customers.updated_at)
            else coalesce(customers.updated_at, customers.created_at)
        end as captured_at,
        coalesce(customers.updated_at, customers.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('customers') }},
        {{ reject_reason([
            ('customers.id is null', 'null key'),
            (is_bad_time('coalesce(customers.updated_at, customers.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('customers') }} as payload
    from customers
    where
        customers.accepts_marketing is not null
        and {{ normalize_email('customers.email') }} is not null
)

select * from final
