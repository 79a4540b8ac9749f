{{ config(materialized='table') }}

{# One row per customer: the golden record, and the population to which the customer belongs,
   decided here once from the rules of a seed so that no report decides it again. #}
{%- set flagged = 'restricted test internal bot fraud deceased employee minor'.split() %}
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
        lower(email) as email,
        lower(full_name) as full_name,
        lower(company) as company,
        is_test,
        is_employee,
        is_deceased,
        is_fraudulent,
        is_restricted,
        created_at
    from {{ ref('int_customer__records') }}
),

int_customer__bot_traffic as (
    select
        customer_id,
        rule_id
    from {{ ref('int_customer__bot_traffic') }}
),

unified_customer_attributes as (
    select
        customer_id,
        attribute,
        value
    from {{ ref('unified_customer_attributes') }}
),

populations as (
    select
        population,
        precedence
    from {{ ref('populations') }}
),

population_rules as (
    select
        rule_id,
        population,
        field,
        pattern
    from {{ ref('population_rules') }}
),

text_rules as (
    select *
    from population_rules
    where field in ('email', 'full_name', 'company')
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

record_ages as (
    select
        customer_id,
        min(created_at) as created_at
    from int_customer__records
    group by customer_id
),

age_rules as (
    select
        rule_id,
        population,
        cast(pattern as integer) as years
    from population_rules
    where field = 'age_below'
),

-- An unknown age is not a minor's: who may be contacted is for suppression to say.
young_customers as (
    select
        golden_values.customer_id,
        age_rules.population,
        age_rules.rule_id,
        {{ add_time(
            'cast(golden_values.birth_date as timestamp)', 'age_rules.years', 'year'
        ) }} as of_age_at
    from golden_values
    cross join age_rules
    where golden_values.birth_date is not null
),

rule_hits as (
    select
        int_customer__records.customer_id,
        text_rules.population,
        text_rules.rule_id
    from int_customer__records
    inner join text_rules
        on
            case text_rules.field
                when 'email' then int_customer__records.email
                when 'full_name' then int_customer__records.full_name
                else int_customer__records.company
            end like text_rules.pattern

    {%- for field in ['is_test', 'is_employee', 'is_deceased', 'is_fraudulent', 'is_restricted'] %}

    union all

    select
        int_customer__records.customer_id,
        population_rules.population,
        population_rules.rule_id
    from int_customer__records
    inner join population_rules
        on
            population_rules.field = '{{ field }}'
            and population_rules.pattern = 'true'
    where int_customer__records.{{ field }}
    {%- endfor %}

    union all

    select
        int_customer__bot_traffic.customer_id,
        population_rules.population,
        population_rules.rule_id
    from int_customer__bot_traffic
    inner join population_rules
        on int_customer__bot_traffic.rule_id = population_rules.rule_id

    union all

    select
        customer_id,
        population,
        rule_id
    from young_customers
    where of_age_at > {{ as_of() }}

    union all

    select
        identity_customers.customer_id,
        population_rules.population,
        population_rules.rule_id
    from identity_customers
    inner join population_rules
        on
            population_rules.field = 'is_anonymous'
            and population_rules.pattern = 'true'
    where identity_customers.is_anonymous
),

-- First match wins: a tester on the staff is a test, an anonymous robot is a robot.
ranked_hits as (
    select
        rule_hits.customer_id,
        rule_hits.population,
        rule_hits.rule_id,
        row_number() over (
            partition by rule_hits.customer_id
            order by populations.precedence asc, rule_hits.rule_id asc
        ) as hit_rank
    from rule_hits
    inner join populations
        on rule_hits.population = populations.population
),

customer_populations as (
    select
        customer_id,
        {%- for population in flagged %}
        max(case when population = '{{ population }}' then 1 else 0 end) = 1 as is_{{ population }},
        {%- endfor %}
        max(case when hit_rank = 1 then population end) as population,
        max(case when hit_rank = 1 then rule_id end) as population_rule
    from ranked_hits
    group by customer_id
),

ages_of_consent as (
    select
        customer_id,
        max(of_age_at) as of_age_at
    from young_customers
    group by customer_id
),

final as (
    select
        identity_customers.customer_id,
        coalesce(customer_populations.population, 'customer') as population,
        customer_populations.population_rule,
        {%- for attribute in customer_attributes() %}
        golden_values.{{ attribute }},
        {%- endfor %}
        {{ whole_years_between('golden_values.birth_date', as_of()) }} as age_years,
        identity_customers.source_record_count,
        identity_customers.is_anonymous,
        {%- for population in flagged %}
        coalesce(customer_populations.is_{{ population }}, false) as is_{{ population }},
        {%- endfor %}
        ages_of_consent.of_age_at,
        identity_customers.first_seen_at,
        identity_customers.last_seen_at,
        record_ages.created_at
    from identity_customers
    left join golden_values
        on identity_customers.customer_id = golden_values.customer_id
    left join customer_populations
        on identity_customers.customer_id = customer_populations.customer_id
    left join ages_of_consent
        on identity_customers.customer_id = ages_of_consent.customer_id
    left join record_ages
        on identity_customers.customer_id = record_ages.customer_id
)

select * from final
