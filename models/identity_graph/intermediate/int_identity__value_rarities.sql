{# One row per attribute and value with the number of persons so far who have it.
   rarity: log2 of how much oftener or seldomer the value is than what a chance agreement is
   about, negative for rare ones; NULL where the attribute does not count it. #}
{%- set rarity_attributes = attributes_with_rarity() %}
with

profiles as (
    select * from {{ ref('int_identity__person_profiles') }}
),

person_values as (
    {%- for attribute in var('matching_attributes') if attribute != 'home' %}
    select
        person,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value
    from profiles
    where {{ attribute }} is not null
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

counted as (
    select
        attribute,
        value,
        cast(count(*) as double) as person_count,
        case attribute
            {%- for attribute in rarity_attributes %}
            when '{{ attribute }}' then {{ var('matching_attributes')[attribute].chance }}
            {%- endfor %}
        end as chance
    from person_values
    group by
        attribute,
        value
),

agreements as (
    select
        attribute,
        sum(person_count) as person_count,
        cast(max(chance) as double) as chance,
        (
            sum(person_count * (person_count - 1)) / 2
            + {{ var('matching_chance_pairs') }} * max(chance)
        )
        / (
            sum(person_count) * (sum(person_count) - 1) / 2 + {{ var('matching_chance_pairs') }}
        ) as agreement_share
    from counted
    group by attribute
),

-- How often another person has the value, not how often the two who agree on it do; a few hundred
-- unseen persons of ordinary names keep a value of few persons from looking common.
frequencies as (
    select
        counted.attribute,
        counted.value,
        counted.person_count,
        (counted.person_count - 1 + 200 * agreements.chance)
        / (agreements.person_count - 1 + 200) as frequency,
        agreements.agreement_share
    from counted
    inner join agreements
        on counted.attribute = agreements.attribute
),

final as (
    select
        attribute,
        value,
        person_count,
        round(least(greatest(log2(frequency / agreement_share), -4), 8), 3) as rarity
    from frequencies
)

select * from final
