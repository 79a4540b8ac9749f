{# One row per candidate pair with the levels of agreement per attribute (best over all values that
   the two persons have), packed as pattern_key, and for strangers and each kind of lookalikes how
   rare the rarest values are, in thousandths, on which the pair agrees and that kind does not. #}
{%- set attributes = var('matching_attributes') %}
{%- set lookalikes = var('matching_lookalikes') | list %}
{#- A level is worth more than any rarity (-4 to 8 bits), so one number has the best level of a pair
    and, of all values that reach it, the rarest. #}
{%- set most_rarity = 8000 %}
{%- set level_worth = 20000 %}
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

persons as (
    select
        person_number,
        min(person) as person
    from profiles
    group by person_number
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
        candidate_pairs.number_one,
        candidate_pairs.number_other,
        {%- for attribute in attributes_with_rarity() %}
        one.{{ attribute }}_rarity,
        {%- endfor %}
        {{ compared_values() }}
    from candidate_pairs
    inner join rated_profiles as one
        on candidate_pairs.number_one = one.person_number
    inner join profiles as other
        on candidate_pairs.number_other = other.person_number
    left join nickname_pairs
        on
            one.first_name = nickname_pairs.form_one
            and other.first_name = nickname_pairs.form_other
),

compared as (
    select
        {%- for attribute, rule in attributes.items() %}
        {{ level_worth }}
        * {{ comparison_level(attribute, 'pairs', 'pairs.is_nickname', 'pairs.swap_count') }}
        {%- if rule.rarity %}
        - case
            when pairs.{{ attribute }}_one = pairs.{{ attribute }}_other
                then pairs.{{ attribute }}_rarity
            else 0
        end
        {%- endif %} as {{ attribute }},
        {%- endfor %}
        pairs.number_one,
        pairs.number_other
    from pairs
),

best as (
    select
        {%- for attribute in attributes %}
        max({{ attribute }}) as {{ attribute }},
        {%- endfor %}
        number_one,
        number_other
    from compared
    group by
        number_one,
        number_other
),

levelled as (
    select
        {%- for attribute in attributes %}
        {{ attribute }} as {{ attribute }}_agreement,
        cast(floor(({{ attribute }} + {{ most_rarity }}) / {{ level_worth }}) as int)
            as {{ attribute }},
        {%- endfor %}
        number_one,
        number_other
    from best
),

final as (
    select
        persons_one.person as person_one,
        persons_other.person as person_other,
        {%- for pair_class in ['strangers'] + lookalikes %}
        0
        {%- for attribute, rule in attributes.items() %}
        {%- if rule.rarity and pair_class not in rule.lookalikes %}
        + {{ level_worth }} * levelled.{{ attribute }} - levelled.{{ attribute }}_agreement
        {%- endif %}
        {%- endfor %} as {{ pair_class }}_rarity,
        {%- endfor %}
        {{ pattern_key() }} as pattern_key
    from levelled
    inner join persons as persons_one
        on levelled.number_one = persons_one.person_number
    inner join persons as persons_other
        on levelled.number_other = persons_other.person_number
)

select * from final
