{# One row per candidate pair with the level of agreement per attribute (best over all values that
   the two persons have) and the rarity of the rarest value that they agree on. pattern_key packs
   the levels. #}
{%- set attributes = var('matching_attributes') %}
with

candidate_pairs as (
    select * from {{ ref('int_identity__candidate_pairs') }}
),

person_values as (
    select * from {{ ref('int_identity__person_values') }}
),

compared_values as (
    select * from {{ ref('int_identity__compared_values') }}
),

names as (
    select
        person,
        attribute,
        value
    from person_values
    where attribute in ('given_name', 'family_name')
),

value_levels as (
    select
        candidate_pairs.person_one,
        candidate_pairs.person_other,
        one.attribute,
        one.rarity,
        compared_values.agreement_level
    from candidate_pairs
    inner join person_values as one
        on candidate_pairs.person_one = one.person
    inner join person_values as other
        on
            candidate_pairs.person_other = other.person
            and one.attribute = other.attribute
    left join compared_values
        on
            one.attribute = compared_values.attribute
            and least(one.value, other.value) = compared_values.value_one
            and greatest(one.value, other.value) = compared_values.value_other
),

-- An agreement that was not compared is one of equal values.
levelled as (
    select
        person_one,
        person_other,
        {%- for attribute, rule in attributes.items() %}
        coalesce(
            max(
                case
                    when attribute = '{{ attribute }}'
                        then coalesce(agreement_level, {{ rule.levels | length + 1 }})
                end
            ),
            0
        ) as {{ attribute }},
        min(case when attribute = '{{ attribute }}' and agreement_level is null then rarity end)
            as {{ attribute }}_rarity,
        {%- endfor %}
        count(*) as value_pair_count
    from value_levels
    group by
        person_one,
        person_other
),

given_as_family as (
    select
        candidate_pairs.person_one,
        candidate_pairs.person_other,
        one.attribute
    from candidate_pairs
    inner join names as one
        on candidate_pairs.person_one = one.person
    inner join names as other
        on
            candidate_pairs.person_other = other.person
            and one.value = other.value
    where one.attribute <> other.attribute
    group by
        candidate_pairs.person_one,
        candidate_pairs.person_other,
        one.attribute
),

swaps as (
    select
        person_one,
        person_other,
        count(*) as swap_count
    from given_as_family
    group by
        person_one,
        person_other
),

swapped as (
    select
        levelled.person_one,
        levelled.person_other,
        {%- for attribute in attributes %}
        {%- if attribute in ['given_name', 'family_name'] %}
        case
            when levelled.{{ attribute }} = 0 then 0
            when swaps.swap_count = 2
                then greatest(levelled.{{ attribute }}, {{ swap_level(attribute, 'swapped') }})
            when swaps.swap_count = 1
                then greatest(levelled.{{ attribute }}, {{ swap_level(attribute, 'half_swapped') }})
            else levelled.{{ attribute }}
        end as {{ attribute }},
        {%- else %}
        levelled.{{ attribute }},
        {%- endif %}
        levelled.{{ attribute }}_rarity,
        {%- endfor %}
        levelled.value_pair_count
    from levelled
    left join swaps
        on
            levelled.person_one = swaps.person_one
            and levelled.person_other = swaps.person_other
),

final as (
    select
        person_one,
        person_other,
        {%- for attribute in attributes %}
        {{ attribute }},
        {{ attribute }}_rarity,
        {%- endfor %}
        cast(
            {%- for attribute in attributes %}
            {{ attribute }} * {{ 10 ** loop.index0 }} +
            {%- endfor %}
            0 as bigint
        ) as pattern_key
    from swapped
)

select * from final
