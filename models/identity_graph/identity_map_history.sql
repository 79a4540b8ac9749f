{# One row per identifier and span of time in which it stood for one customer. #}
with

registry as (
    select
        identifier_key,
        identifier_type,
        customer_id,
        build,
        batch_id,
        changed_at
    from {{ ref('int_identity__registry') }}
    where entry_type = 'assign'
),

spans as (
    select
        identifier_key,
        identifier_type,
        customer_id,
        batch_id,
        changed_at as valid_from,
        lead(changed_at) over (
            partition by identifier_key
            order by build
        ) as valid_to,
        lead(build) over (
            partition by identifier_key
            order by build
        ) is null as is_current
    from registry
),

final as (
    select
        identifier_key || '|' || cast(valid_from as string) as span_key,
        identifier_key,
        identifier_type,
        customer_id,
        batch_id,
        valid_from,
        valid_to,
        is_current
    from spans
    where
        customer_id is not null
        and (valid_to is null or valid_to > valid_from)
)

select * from final
