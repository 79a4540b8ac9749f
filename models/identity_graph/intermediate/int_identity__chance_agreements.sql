{# One row per attribute that strangers can have equal by chance, with how often that was thought to
   happen before any data, the persons so far who have a value of it and the share of pairs of
   strangers who have the same one. #}
{{ config(materialized='learnt_table') }}
with

value_counts as (
    select * from {{ ref('int_identity__value_counts') }}
),

attributes as (
    {%- for attribute, rule in var('matching_attributes').items() if rule.chance is not none %}
    select
        '{{ attribute }}' as attribute,
        cast({{ rule.chance }} as double) as chance
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Equal values by chance are so seldom that counting all values beats sampling pairs.
counted as (
    select
        attributes.attribute,
        attributes.chance,
        coalesce(sum(value_counts.person_count), 0) as person_count,
        coalesce(sum(value_counts.person_count * (value_counts.person_count - 1)) / 2, 0)
            as agreeing_pairs
    from attributes
    left join value_counts
        on attributes.attribute = value_counts.attribute
    group by
        attributes.attribute,
        attributes.chance
),

final as (
    select
        attribute,
        chance,
        person_count,
        (agreeing_pairs + {{ var('matching_chance_pairs') }} * chance)
        / (
            person_count * greatest(person_count - 1, 0) / 2 + {{ var('matching_chance_pairs') }}
        ) as agreement_share
    from counted
)

select * from final
