{#- One row per customer and reason that holds on every channel. -#}
with

unified_customers as (
    select
        customer_id,
        population,
        birth_date,
        is_test,
        is_employee,
        is_bot,
        is_minor,
        first_seen_at
    from {{ ref('unified_customers') }}
    where not is_anonymous
),

unified_service_contacts as (
    select
        customer_id,
        source_name,
        contact_id,
        status,
        opened_at,
        closed_at
    from {{ ref('unified_service_contacts') }}
    where customer_id is not null
),

service_case_rule as (
    select valid_days
    from {{ ref('suppression_reasons') }}
    where reason_code = 'open_service_case'
),

populations as (
    select
        customer_id,
        first_seen_at as valid_from,
        cast(null as timestamp) as valid_to,
        case when is_test or is_bot then 'test_or_bot' else 'employee' end as reason_code,
        'population ' || population as evidence
    from unified_customers
    where
        is_test
        or is_bot
        or is_employee
),

minors as (
    select
        customer_id,
        'minor' as reason_code,
        'under {{ var("minor_age") }}' as evidence,
        first_seen_at as valid_from,
        {{ add_time('cast(birth_date as timestamp)', var('minor_age'), 'year') }} as valid_to
    from unified_customers
    where is_minor
),

service_cases as (
    select
        unified_service_contacts.customer_id,
        unified_service_contacts.source_name || '|' || unified_service_contacts.contact_id
            as case_key,
        unified_service_contacts.status <> 'closed'
        or unified_service_contacts.closed_at is null as is_open,
        unified_service_contacts.opened_at,
        {{ add_time('unified_service_contacts.closed_at', 'service_case_rule.valid_days', 'day') }}
            as rests_until
    from unified_service_contacts
    cross join service_case_rule
),

{# Several cases of one person are one reason: it starts with the first and ends with the last. #}
service_reasons as (
    select
        customer_id,
        'open_service_case' as reason_code,
        min(case_key) as evidence,
        min(opened_at) as valid_from,
        case
            when max(case when is_open then 1 else 0 end) = 0 then max(rests_until)
        end as valid_to
    from service_cases
    where
        is_open
        or rests_until > {{ as_of() }}
    group by customer_id
),

final as (
    select
        customer_id,
        reason_code,
        evidence,
        valid_from,
        valid_to
    from populations

    union all

    select
        customer_id,
        reason_code,
        evidence,
        valid_from,
        valid_to
    from minors

    union all

    select
        customer_id,
        reason_code,
        evidence,
        valid_from,
        valid_to
    from service_reasons
)

select * from final
