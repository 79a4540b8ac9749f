{# One row per candidate pair with the log2 odds, in thousandths, that it is one person and not
   a pair of strangers or lookalikes. #}
{%- set lookalikes = var('matching_lookalikes') | list %}
with

comparisons as (
    select * from {{ ref('int_identity__comparisons') }}
),

pattern_levels as (
    select
        pattern_key,
        attribute,
        agreement_level
    from {{ ref('int_identity__pattern_levels') }}
    where kind = 'candidate'
),

training as (
    select * from {{ ref('int_identity__training') }}
),

pattern_bits as (
    select
        pattern_levels.pattern_key,
        {%- for pair_class in ['strangers'] + lookalikes %}
        sum(case when training.pair_class = '{{ pair_class }}' then training.bits end)
            as {{ pair_class }}_bits,
        {%- endfor %}
        sum(case when training.pair_class = 'same_person' then training.bits end)
            as same_person_bits
    from pattern_levels
    inner join training
        on
            pattern_levels.attribute = training.attribute
            and pattern_levels.agreement_level = training.agreement_level
    group by pattern_levels.pattern_key
),

-- A rare value that two strangers agree on is rarer than a chance agreement; lookalikes agree on
-- what they share whether it is rare or not.
weighed as (
    select
        comparisons.person_one,
        comparisons.person_other,
        comparisons.pattern_key,
        {%- for pair_class in ['strangers'] + lookalikes %}
        pattern_bits.{{ pair_class }}_bits + comparisons.{{ pair_class }}_rarity / 1000.0
            as {{ pair_class }}_bits,
        {%- endfor %}
        pattern_bits.same_person_bits
    from comparisons
    inner join pattern_bits
        on comparisons.pattern_key = pattern_bits.pattern_key
),

rivals as (
    select
        *,
        greatest(
            {%- for pair_class in lookalikes %}
            {{ pair_class }}_bits,
            {%- endfor %}
            strangers_bits
        ) as rival_bits
    from weighed
),

final as (
    select
        person_one,
        person_other,
        pattern_key,
        cast(
            round(
                1000 * (
                    same_person_bits - rival_bits
                    - log2(
                        power(2, strangers_bits - rival_bits)
                        {%- for pair_class in lookalikes %}
                        + power(2, {{ pair_class }}_bits - rival_bits)
                        {%- endfor %}
                    )
                )
            ) as bigint
        ) as weight,
        case
            {%- for pair_class in lookalikes %}
            when rival_bits = {{ pair_class }}_bits then '{{ pair_class }}'
            {%- endfor %}
            else 'strangers'
        end as rival
    from rivals
)

select * from final
