{# One row per blocking rule and number of others who share a key of it (10: ten and more) with the
   chance, in millionths, that a pair of those who share it is one person: how often something that
   the rule does not look at agrees as well, where both have it. #}
{%- set rules = var('matching_blocking_rules') %}
{%- set sampled_persons = 10000 %}
with

blocking_keys as (
    select * from {{ ref('int_identity__blocking_keys') }}
),

-- What a person has is kept as bits: one for each rule that finds its columns filled.
persons as (
    select
        person,
        min(customer_record) as customer_record,
        bit_or(
            {%- for columns in rules %}
            case
                when
                    {%- for column in columns %}
                    {{ 'and ' if not loop.first }}{{ column }} is not null
                    {%- endfor %}
                    then {{ bits_of_rules([loop.index]) }}
                else 0
            end{{ ' +' if not loop.last }}
            {%- endfor %}
        ) as filled_rules
    from {{ ref('int_identity__person_profiles') }}
    group by person
),

rules as (
    {%- for columns in rules %}
    select
        {{ loop.index }} as rule_number,
        cast({{ bits_of_rules(independent_rules(columns)) }} as bigint) as independent_rules
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

other_counts as (
    {%- for other_count in range(1, 11) %}
    select {{ other_count }} as other_count
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (
    select count(*) as person_count
    from persons
),

sampled as (
    select
        persons.person,
        persons.filled_rules
    from persons
    cross join counted
    where
        {{ hash_bucket('persons.customer_record', 1000000) }}
        < 1000000.0 * {{ sampled_persons }} / counted.person_count
),

shared_keys as (
    select
        sampled.person as person_one,
        other.person as person_other,
        one.rule_number,
        least(one.other_count, 10) as other_count,
        sampled.filled_rules
    from sampled
    inner join blocking_keys as one
        on sampled.person = one.person
    inner join blocking_keys as other
        on
            one.rule_number = other.rule_number
            and one.blocking_key = other.blocking_key
    where one.person < other.person
),

pairs as (
    select
        shared_keys.person_one,
        shared_keys.person_other,
        bit_or(
            case shared_keys.rule_number
                {%- for _ in rules %}
                when {{ loop.index }} then {{ bits_of_rules([loop.index]) }}
                {%- endfor %}
            end
        ) as agreeing_rules,
        min(shared_keys.filled_rules & persons.filled_rules) as filled_rules
    from shared_keys
    inner join persons
        on shared_keys.person_other = persons.person
    group by
        shared_keys.person_one,
        shared_keys.person_other
),

confirmations as (
    select
        shared_keys.rule_number,
        shared_keys.other_count,
        sum(case when pairs.agreeing_rules & rules.independent_rules > 0 then 1 else 0 end)
            as confirmed_count,
        sum(case when pairs.filled_rules & rules.independent_rules > 0 then 1 else 0 end)
            as comparable_count
    from shared_keys
    inner join pairs
        on
            shared_keys.person_one = pairs.person_one
            and shared_keys.person_other = pairs.person_other
    inner join rules
        on shared_keys.rule_number = rules.rule_number
    group by
        shared_keys.rule_number,
        shared_keys.other_count
),

-- Before any data, one of those who share the key is thought to be the same person.
final as (
    select
        rules.rule_number,
        other_counts.other_count,
        cast(
            round(
                1000000.0 * (
                    coalesce(confirmations.confirmed_count, 0)
                    + {{ var('matching_prior_pairs') }} / cast(other_counts.other_count as double)
                ) / (
                    coalesce(confirmations.comparable_count, 0) + {{ var('matching_prior_pairs') }}
                )
            ) as bigint
        ) as evidence
    from rules
    cross join other_counts
    left join confirmations
        on
            rules.rule_number = confirmations.rule_number
            and other_counts.other_count = confirmations.other_count
)

select * from final
