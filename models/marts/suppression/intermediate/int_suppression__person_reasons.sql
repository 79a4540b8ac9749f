{#- One row per customer and reason that holds on every channel. -#}
with

unified_customers as (
    select
        customer_id,
        population_rule,
        is_restricted,
        is_test,
        is_internal,
        is_bot,
        is_fraud,
        is_deceased,
        is_employee,
        is_minor,
        of_age_at,
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

{# Each mark is a reason of its own, whichever of them names the population. #}
populations as (
    {%- for reason_code, condition in {
        'restricted': 'is_restricted',
        'deceased': 'is_deceased',
        'fraud': 'is_fraud',
        'test_or_bot': 'is_test or is_internal or is_bot',
        'employee': 'is_employee',
        'minor': 'is_minor',
    }.items() %}
    select
        customer_id,
        '{{ reason_code }}' as reason_code,
        'population rule ' || population_rule as evidence,
        first_seen_at as valid_from,
        {{ 'of_age_at' if reason_code == 'minor' else 'cast(null as timestamp)' }} as valid_to
    from unified_customers
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
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
    from service_reasons
)

select * from final
