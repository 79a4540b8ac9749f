{# One row per blocking rule and number of others who share a key of it (10: ten and more) with the
   chance, in millionths, that a pair of those who share it is one person: how often something that
   the rule does not look at agrees as well, where both have it. #}
{{ config(materialized='learnt_table') }}
{%- set sampled_persons = 5000 %}
with

profiles as {{ not_materialized() }} (
    select
        *,
        {{ bits_of_rules_where('profiles.<column> is not null') }} as usable_rules
    from {{ ref('int_identity__person_profiles') }} as profiles
),

blocking_keys as {{ not_materialized() }} (
    select
        person_number,
        rule_number,
        blocking_key,
        least(other_count, {{ many_others() }}) as other_count
    from {{ ref('int_identity__blocking_keys') }}
),

rules as (
    {%- for columns in var('matching_blocking_rules') %}
    select
        {{ loop.index }} as rule_number,
        cast({{ bits_of_rules(independent_rules(columns)) }} as bigint) as independent_rules
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

other_counts as (
    {%- for other_count in range(1, many_others() + 1) %}
    select {{ other_count }} as other_count
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Persons are numbered in an order drawn by lot.
sampled as (
    select greatest(1, cast(floor(max(person_number) / {{ sampled_persons }}) as int)) as one_in
    from profiles
),

shared_keys as (
    select
        one.person_number as number_one,
        other.person_number as number_other,
        one.rule_number,
        one.other_count
    from sampled
    inner join blocking_keys as one
        on one.person_number % sampled.one_in = 0
    inner join blocking_keys as other
        on
            one.rule_number = other.rule_number
            and one.blocking_key = other.blocking_key
    where one.person_number < other.person_number
),

-- What agrees, and what both have, is kept as bits: one for each rule.
compared as (
    select
        shared_keys.number_one,
        shared_keys.number_other,
        shared_keys.rule_number,
        shared_keys.other_count,
        bit_or({{ bits_of_rules_where('one.<column> = other.<column>') }}) as agreeing_rules,
        bit_or(one.usable_rules & other.usable_rules) as comparable_rules
    from shared_keys
    inner join profiles as one
        on shared_keys.number_one = one.person_number
    inner join profiles as other
        on shared_keys.number_other = other.person_number
    group by
        shared_keys.number_one,
        shared_keys.number_other,
        shared_keys.rule_number,
        shared_keys.other_count
),

confirmations as (
    select
        compared.rule_number,
        compared.other_count,
        sum(case when compared.agreeing_rules & rules.independent_rules > 0 then 1 else 0 end)
            as confirmed_count,
        sum(case when compared.comparable_rules & rules.independent_rules > 0 then 1 else 0 end)
            as comparable_count
    from compared
    inner join rules
        on compared.rule_number = rules.rule_number
    group by
        compared.rule_number,
        compared.other_count
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
