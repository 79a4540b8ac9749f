{# One row per person so far (a component of shared identifiers), attribute and distinct value.
   rarity: log2 of how much oftener or seldomer the value is than what a chance agreement is about,
   negative for rare ones; NULL where the attribute does not count it. #}
{%- set rarities = [] %}
{%- for attribute, rule in var('matching_attributes').items() if rule.rarity %}
    {%- do rarities.append(attribute) %}
{%- endfor %}
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
        cast(count(*) as double) as person_count
    from person_values
    where attribute in ('{{ rarities | join("', '") }}')
    group by
        attribute,
        value
),

agreements as (
    select
        attribute,
        sum(person_count) as person_count,
        (
            sum(person_count * (person_count - 1)) / 2
            + {{ var('matching_chance_pairs') }} * case attribute
                {%- for attribute, rule in var('matching_attributes').items() if rule.rarity %}
                when '{{ attribute }}' then {{ rule.chance }}
                {%- endfor %}
            end
        )
        / (
            sum(person_count) * (sum(person_count) - 1) / 2 + {{ var('matching_chance_pairs') }}
        ) as agreement_share
    from counted
    group by attribute
),

rarities as (
    select
        counted.attribute,
        counted.value,
        round(
            least(
                greatest(
                    log2(
                        counted.person_count / agreements.person_count / agreements.agreement_share
                    ),
                    -4
                ),
                8
            ),
            3
        ) as rarity
    from counted
    inner join agreements
        on counted.attribute = agreements.attribute
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
