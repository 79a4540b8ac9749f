{# One row per identifier of a signature; partner is the strongest other identifier that it is
   seen with. #}
with

signatures as (
    select * from {{ ref('int_identity__signatures') }}
),

customers as (
    select
        source_name,
        source_record_id,
        social_handles,
        merged_into_record_id,
        first_batch_id,
        batch_id,
        coalesce(created_at, recorded_at) as seen_at
    from {{ ref('harmonized_customers') }}
    where
        social_handles is not null
        or merged_into_record_id is not null
),

rules as (
    select
        identifier_type,
        normaliser
    from {{ ref('int_identity__rules') }}
),

unpivoted as (
    {%- for type in linking_types() %}
    select
        signature_key,
        '{{ type }}' as identifier_type,
        {{ type }} as identifier_value,
        coalesce(
            {%- for other in linking_types() if other != type %}
            '{{ other }}|' || {{ other }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as partner,
        customer_record,
        loyalty_number,
        user_id,
        first_batch_id,
        batch_id,
        record_count,
        first_seen_at,
        last_seen_at
    from signatures
    where {{ type }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

handles as (
    select
        customers.*,
        lower(trim(handle_list.handle)) as handle
    from customers
    {{ unnest_list(split_text('customers.social_handles', ','), 'handle_list', 'handle') }}
),

customer_signatures as (
    select
        signature_key,
        customer_record
    from signatures
    where entity = 'customers'
),

customer_handles as (
    select
        customer_signatures.signature_key,
        'social_handle' as identifier_type,
        handles.handle as identifier_value,
        'customer_record|' || customer_signatures.customer_record as partner,
        customer_signatures.customer_record,
        cast(null as string) as loyalty_number,
        cast(null as string) as user_id,
        handles.first_batch_id,
        handles.batch_id,
        cast(1 as bigint) as record_count,
        handles.seen_at as first_seen_at,
        handles.seen_at as last_seen_at
    from handles
    inner join customer_signatures
        on
            handles.source_name || '|' || handles.source_record_id
            = customer_signatures.customer_record
    where handles.handle <> ''
),

-- The record that another one was merged into may never have landed itself.
merge_targets as (
    select
        customer_signatures.signature_key,
        'customer_record' as identifier_type,
        customers.source_name || '|' || customers.merged_into_record_id as identifier_value,
        'customer_record|' || customer_signatures.customer_record as partner,
        cast(null as string) as customer_record,
        cast(null as string) as loyalty_number,
        cast(null as string) as user_id,
        customers.first_batch_id,
        customers.batch_id,
        cast(1 as bigint) as record_count,
        customers.seen_at as first_seen_at,
        customers.seen_at as last_seen_at
    from customers
    inner join customer_signatures
        on
            customers.source_name || '|' || customers.source_record_id
            = customer_signatures.customer_record
    where customers.merged_into_record_id is not null
),

stated as (
    select * from unpivoted
    union all
    select * from customer_handles
    union all
    select * from merge_targets
),

normalized as (
    select
        stated.signature_key,
        stated.identifier_type,
        {{ normalized_identifier('stated.identifier_value', 'rules.normaliser') }}
            as identifier_value,
        stated.partner,
        stated.customer_record,
        stated.loyalty_number,
        stated.user_id,
        stated.first_batch_id,
        stated.batch_id,
        stated.record_count,
        stated.first_seen_at,
        stated.last_seen_at
    from stated
    inner join rules
        on stated.identifier_type = rules.identifier_type
),

final as (
    select * from normalized
    where identifier_value is not null
)

select * from final
