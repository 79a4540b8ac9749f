{# One row per person so far (a component of shared identifiers), attribute and distinct value.
   rarity: log2 of how much oftener or seldomer the value is than what a chance agreement is
   about, negative for rare ones; NULL where the attribute does not count it. #}
{%- set rarity_attributes = attributes_with_rarity() %}
with

profiles as (
    select * from {{ ref('int_identity__person_profiles') }}
),

stated as (
    {%- for attribute in var('matching_attributes') if attribute != 'home' %}
    select
        person,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value,
        cast(null as string) as address,
        cast(null as string) as house_number,
        cast(null as string) as postal_code,
        cast(null as string) as city
    from profiles
    where {{ attribute }} is not null
    union all
    {%- endfor %}
    select
        person,
        'home' as attribute,
        coalesce(address, '') || '|' || coalesce(postal_code, '') || '|' || coalesce(city, '')
            as value,
        address,
        house_number,
        postal_code,
        city
    from profiles
    where
        address is not null
        or postal_code is not null
        or city is not null
),

person_values as (
    select
        person,
        attribute,
        value,
        address,
        house_number,
        postal_code,
        city
    from stated
    group by
        person,
        attribute,
        value,
        address,
        house_number,
        postal_code,
        city
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
    where attribute in ({{ quoted_list(rarity_attributes) }})
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
        (counted.person_count - 1 + 200 * agreements.chance)
        / (agreements.person_count - 1 + 200) as frequency,
        agreements.agreement_share
    from counted
    inner join agreements
        on counted.attribute = agreements.attribute
),

rarities as (
    select
        attribute,
        value,
        round(least(greatest(log2(frequency / agreement_share), -4), 8), 3) as rarity
    from frequencies
),

final as (
    select
        person_values.person,
        person_values.attribute,
        person_values.value,
        person_values.address,
        person_values.house_number,
        person_values.postal_code,
        person_values.city,
        rarities.rarity
    from person_values
    left join rarities
        on
            person_values.attribute = rarities.attribute
            and person_values.value = rarities.value
)

select * from final
