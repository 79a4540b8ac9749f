{{ config(materialized='table') }}

{# One row per customer: the golden record, and the population to which the customer belongs,
   decided here once so that no report decides it again. #}
with

identity_customers as (
    select
        customer_id,
        is_anonymous,
        source_record_count,
        first_seen_at,
        last_seen_at
    from {{ ref('identity_customers') }}
),

int_customer__records as (
    select
        customer_id,
        email,
        is_test,
        is_employee,
        created_at
    from {{ ref('int_customer__records') }}
),

int_customer__bot_traffic as (
    select customer_id from {{ ref('int_customer__bot_traffic') }}
),

unified_customer_attributes as (
    select
        customer_id,
        attribute,
        value
    from {{ ref('unified_customer_attributes') }}
),

population_rules as (
    select
        population,
        pattern
    from {{ ref('population_rules') }}
    where field = 'email'
),

golden_values as (
    select
        customer_id,
        {%- for attribute, data_type in customer_attributes().items() %}
        cast(
            max(case when attribute = '{{ attribute }}' then value end) as {{ data_type }}
        ) as {{ attribute }},
        {%- endfor %}
        count(*) as attribute_count
    from unified_customer_attributes
    group by customer_id
),

record_flags as (
    select
        customer_id,
        max(case when is_test then 1 else 0 end) = 1 as is_test,
        max(case when is_employee then 1 else 0 end) = 1 as is_employee,
        min(created_at) as created_at
    from int_customer__records
    group by customer_id
),

email_flags as (
    select
        int_customer__records.customer_id,
        max(case when population_rules.population = 'test' then 1 else 0 end) = 1 as is_test,
        max(case when population_rules.population = 'employee' then 1 else 0 end) = 1
            as is_employee
    from int_customer__records
    inner join population_rules
        on int_customer__records.email like population_rules.pattern
    group by int_customer__records.customer_id
),

flagged_customers as (
    select
        identity_customers.customer_id,
        identity_customers.is_anonymous,
        {%- for attribute in customer_attributes() %}
        golden_values.{{ attribute }},
        {%- endfor %}
        coalesce(record_flags.is_test or email_flags.is_test, record_flags.is_test, false)
            as is_test,
        coalesce(
            record_flags.is_employee or email_flags.is_employee, record_flags.is_employee, false
        ) as is_employee,
        int_customer__bot_traffic.customer_id is not null as is_bot,
        -- An unknown age is not a minor's: who may be contacted is for suppression to say.
        coalesce(
            {{ add_time('cast(golden_values.birth_date as timestamp)', var('minor_age'), 'year') }}
            > {{ as_of() }},
            false
        ) as is_minor,
        identity_customers.source_record_count,
        identity_customers.first_seen_at,
        identity_customers.last_seen_at,
        record_flags.created_at
    from identity_customers
    left join golden_values
        on identity_customers.customer_id = golden_values.customer_id
    left join record_flags
        on identity_customers.customer_id = record_flags.customer_id
    left join email_flags
        on identity_customers.customer_id = email_flags.customer_id
    left join int_customer__bot_traffic
        on identity_customers.customer_id = int_customer__bot_traffic.customer_id
),

final as (
    select
        customer_id,
        -- First match wins: a tester on the staff is a test, an anonymous robot is a robot.
        case
            when is_test then 'test'
            when is_employee then 'employee'
            when is_bot then 'bot'
            when is_minor then 'minor'
            when is_anonymous then 'anonymous'
            else 'customer'
        end as population,
        {%- for attribute in customer_attributes() %}
        {{ attribute }},
        {%- endfor %}
        source_record_count,
        is_anonymous,
        is_test,
        is_employee,
        is_bot,
        is_minor,
        first_seen_at,
        last_seen_at,
        created_at
    from flagged_customers
)

select * from final
