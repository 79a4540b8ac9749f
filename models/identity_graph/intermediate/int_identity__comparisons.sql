{# One row per candidate pair with the levels of agreement per attribute (best over all values that
   the two persons have), packed as pattern_key, and the rarity of the rarest value that they
   agree on. #}
{%- set attributes = var('matching_attributes') %}
{%- set home_columns = ['address', 'house_number', 'postal_code', 'city'] %}
{%- set columns = attributes.keys() | reject('equalto', 'home') | list + home_columns %}
with

candidate_pairs as (
    select * from {{ ref('int_identity__candidate_pairs') }}
),

profiles as {{ not_materialized() }} (
    select * from {{ ref('int_identity__person_profiles') }}
),

rarities as (
    select * from {{ ref('int_identity__value_rarities') }}
),

nickname_pairs as (
    select * from {{ ref('int_identity__nickname_pairs') }}
),

rated_profiles as (
    select
        {%- for attribute in attributes_with_rarity() %}
        {{ attribute }}_rarities.rarity as {{ attribute }}_rarity,
        {%- endfor %}
        profiles.*
    from profiles
    {% for attribute in attributes_with_rarity() -%}
    left join rarities as {{ attribute }}_rarities
        on
            {{ attribute }}_rarities.attribute = '{{ attribute }}'
            and cast(profiles.{{ attribute }} as string) = {{ attribute }}_rarities.value
    {% endfor -%}
),

pairs as (
    select
        candidate_pairs.person_one,
        candidate_pairs.person_other,
        {%- for column in columns %}
        one.{{ column }} as {{ column }}_one,
        other.{{ column }} as {{ column }}_other,
        {%- endfor %}
        {%- for attribute in attributes_with_rarity() %}
        one.{{ attribute }}_rarity,
        {%- endfor %}
        nickname_pairs.form_one is not null as is_nickname,
        case when one.given_name = other.family_name then 1 else 0 end
        + case when one.family_name = other.given_name then 1 else 0 end as swap_count
    from candidate_pairs
    inner join rated_profiles as one
        on candidate_pairs.person_one = one.person
    inner join profiles as other
        on candidate_pairs.person_other = other.person
    left join nickname_pairs
        on
            one.first_name = nickname_pairs.form_one
            and other.first_name = nickname_pairs.form_other
),

compared as (
    select
        pairs.person_one,
        pairs.person_other,
        {%- for attribute, rule in attributes.items() %}
        {{ comparison_level(attribute, 'pairs', 'pairs.is_nickname', 'pairs.swap_count') }}
            as {{ attribute }},
        {%- if rule.rarity %}
        case
            when pairs.{{ attribute }}_one = pairs.{{ attribute }}_other
                then pairs.{{ attribute }}_rarity
        end as {{ attribute }}_rarity,
        {%- endif %}
        {%- endfor %}
        1 as one
    from pairs
),

levelled as (
    select
        person_one,
        person_other,
        {%- for attribute, rule in attributes.items() %}
        max({{ attribute }}) as {{ attribute }},
        {%- if rule.rarity %}
        min({{ attribute }}_rarity) as {{ attribute }}_rarity,
        {%- endif %}
        {%- endfor %}
        count(*) as profile_pair_count
    from compared
    group by
        person_one,
        person_other
),

final as (
    select
        person_one,
        person_other,
        {%- for attribute in attributes_with_rarity() %}
        {{ attribute }}_rarity,
        {%- endfor %}
        {{ pattern_key() }} as pattern_key
    from levelled
)

select * from final
