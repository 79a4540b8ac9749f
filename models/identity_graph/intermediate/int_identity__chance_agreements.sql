{# One row per attribute with how often strangers were thought to have it equal by chance before any
   data, the pairs that this idea weighs, the persons so far who have a value of it and the share of
   pairs of strangers who have the same one. #}
{{ config(materialized='learnt_table') }}
with

value_counts as (
    select * from {{ ref('int_identity__value_counts') }}
),

attributes as (
    {%- for attribute, rule in var('matching_attributes').items() %}
    select
        '{{ attribute }}' as attribute,
        {%- if rule.chance is none %}
        cast(0.5 as double) as chance,
        cast(1 as double) as chance_pairs
        {%- else %}
        cast({{ rule.chance }} as double) as chance,
        cast({{ var('matching_chance_pairs') }} as double) as chance_pairs
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Equal values by chance are so seldom that counting all values beats sampling pairs.
counted as (
    select
        attributes.attribute,
        attributes.chance,
        attributes.chance_pairs,
        coalesce(sum(value_counts.person_count), 0) as person_count,
        coalesce(
            sum(
                case
                    when value_counts.value is not null
                        then value_counts.person_count * (value_counts.person_count - 1)
                end
            ) / 2,
            0
        ) as agreeing_pairs
    from attributes
    left join value_counts
        on attributes.attribute = value_counts.attribute
    group by
        attributes.attribute,
        attributes.chance,
        attributes.chance_pairs
),

final as (
    select
        attribute,
        chance,
        person_count,
        (agreeing_pairs + chance_pairs * chance)
        / (person_count * greatest(person_count - 1, 0) / 2 + chance_pairs) as agreement_share
    from counted
)

select * from final
