{# One row per thing that training starts from. kind 'pattern': level of one attribute
   in one combination of levels, with the number of candidate pairs that show it (attribute ''
   counts the combination itself); 'prior': what is believed of a class, attribute and
   level beforehand, with its weight in pairs (NULL: it stays as it is) and the pairs
   that were seen; 'bound': the largest share that a class may take and how often each of its pairs counts
   (pair_count); 'pairs': all pairs of
   persons that there are. #}
{%- set attributes = var('matching_attributes') %}
{%- set identifiers = ['email', 'phone', 'national_id'] %}
with

pattern_levels as (
    select * from {{ ref('int_identity__pattern_levels') }}
),

chance_agreements as (
    select * from {{ ref('int_identity__chance_agreements') }}
),

profiles as (
    select person
    from {{ ref('int_identity__person_profiles') }}
    group by person
),

levels as (
    {%- for attribute, rule in attributes.items() %}
    {%- set outer = loop %}
    {%- for probability in rule.same_person %}
    select
        '{{ attribute }}' as attribute,
        {{ rule.same_person | length + 1 - loop.index }} as agreement_level,
        {{ rule.same_person | length }} as best_level,
        cast({{ probability }} as double) as same_person_probability
    {{ 'union all' if not (loop.last and outer.last) }}
    {%- endfor %}
    {%- endfor %}
),

sampled_levels as (
    select
        kind,
        attribute,
        agreement_level,
        sum(pair_count) as pair_count
    from pattern_levels
    where kind <> 'candidate'
    group by
        kind,
        attribute,
        agreement_level
),

chance as (
    select
        levels.attribute,
        levels.agreement_level,
        levels.best_level,
        levels.same_person_probability,
        (coalesce(sampled_levels.pair_count, 0) + 0.5 / levels.best_level)
        / sum(coalesce(sampled_levels.pair_count, 0) + 0.5 / levels.best_level) over (
            partition by levels.attribute
        ) as sampled_probability,
        chance_agreements.agreement_share as equal_probability
    from levels
    left join sampled_levels
        on
            sampled_levels.kind = 'chance'
            and levels.attribute = sampled_levels.attribute
            and levels.agreement_level = sampled_levels.agreement_level
    inner join chance_agreements
        on levels.attribute = chance_agreements.attribute
),

chance_of_best as (
    select
        attribute,
        max(case when agreement_level = best_level then sampled_probability end) as sampled_best
    from chance
    group by attribute
),

chance_probabilities as (
    select
        chance.attribute,
        chance.agreement_level,
        chance.best_level,
        chance.same_person_probability,
        case
            when chance.agreement_level = chance.best_level then chance.equal_probability
            else
                chance.sampled_probability
                * (1 - chance.equal_probability) / (1 - chance_of_best.sampled_best)
        end as probability
    from chance
    inner join chance_of_best
        on chance.attribute = chance_of_best.attribute
),

classes as (
    {%- for pair_class in ['same_person'] + var('matching_lookalikes') | list %}
    select '{{ pair_class }}' as pair_class
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

agreeing as (
    {%- for attribute, rule in attributes.items() %}
    {%- for pair_class in rule.lookalikes + rule.get('resembling', []) %}
    select
        '{{ pair_class }}' as pair_class,
        '{{ attribute }}' as attribute,
        {{ 'true' if pair_class in rule.lookalikes else 'false' }} as does_agree
    union all
    {%- endfor %}
    {%- endfor %}
    select
        '' as pair_class,
        '' as attribute,
        false as does_agree
),

-- Lookalikes agree on what they share nine times in ten, and on the rest as strangers do. How much
-- they resemble one another is for the data to say: with more weight on the first idea the few
-- families of a small landing, who share home and name, would fit no kind but one person.
prior_rows as (
    select
        classes.pair_class,
        chance_probabilities.attribute,
        chance_probabilities.agreement_level,
        case
            when classes.pair_class = 'same_person'
                then chance_probabilities.same_person_probability
            when not coalesce(agreeing.does_agree, false) then chance_probabilities.probability
            when chance_probabilities.agreement_level = chance_probabilities.best_level
                then 0.9
            else 0.1 / (chance_probabilities.best_level - 1)
        end as probability,
        case
            when agreeing.does_agree then {{ var('matching_lookalike_pairs') }}
            when classes.pair_class = 'same_person' or agreeing.pair_class is not null
                then {{ var('matching_prior_pairs') }}
        end as prior_pairs,
        -- What tied the profiles together is no news about how often it agrees.
        case
            when
                classes.pair_class = 'same_person'
                and chance_probabilities.attribute not in ({{ quoted_list(identifiers) }})
                then coalesce(sampled_levels.pair_count, 0)
            else 0
        end as seen_pairs
    from classes
    cross join chance_probabilities
    left join agreeing
        on
            classes.pair_class = agreeing.pair_class
            and chance_probabilities.attribute = agreeing.attribute
    left join sampled_levels
        on
            sampled_levels.kind = 'same_person'
            and chance_probabilities.attribute = sampled_levels.attribute
            and chance_probabilities.agreement_level = sampled_levels.agreement_level
    union all
    select
        'strangers' as pair_class,
        attribute,
        agreement_level,
        probability,
        cast(null as double) as prior_pairs,
        0 as seen_pairs
    from chance_probabilities
),

-- Where nothing else bounds a kind, its pairs count once for each attribute that it agrees on. That
-- leans to lookalikes: two of a home who become one are worse than one who stays two.
bounds as (
    {%- for pair_class, times in var('matching_lookalikes').items() %}
    select
        '{{ pair_class }}' as pair_class,
        {%- if times is none %}
        max(cast(1 as double)) as most_probable,
        cast(greatest(count(*), 1) as double) as weight
        {%- else %}
        {{ times }} * exp(sum(ln(chance_probabilities.probability))) as most_probable,
        cast(1 as double) as weight
        {%- endif %}
    from chance_probabilities
    inner join agreeing
        on
            agreeing.pair_class = '{{ pair_class }}'
            and agreeing.does_agree
            and chance_probabilities.attribute = agreeing.attribute
    where chance_probabilities.agreement_level = chance_probabilities.best_level
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

persons as (
    select cast(count(*) as double) as person_count
    from profiles
),

final as (
    select
        'pattern' as kind,
        cast(null as string) as pair_class,
        attribute,
        agreement_level,
        pattern_key,
        pair_count,
        cast(null as double) as probability,
        cast(null as double) as prior_pairs
    from pattern_levels
    where kind = 'candidate'
    union all
    select
        'prior' as kind,
        pair_class,
        attribute,
        agreement_level,
        cast(null as bigint) as pattern_key,
        cast(seen_pairs as double) as pair_count,
        probability,
        prior_pairs
    from prior_rows
    union all
    select
        'bound' as kind,
        pair_class,
        '' as attribute,
        0 as agreement_level,
        cast(null as bigint) as pattern_key,
        weight as pair_count,
        most_probable as probability,
        cast(null as double) as prior_pairs
    from bounds
    union all
    select
        'pairs' as kind,
        cast(null as string) as pair_class,
        '' as attribute,
        0 as agreement_level,
        cast(null as bigint) as pattern_key,
        greatest(person_count * (person_count - 1) / 2, 1) as pair_count,
        2 / greatest(person_count - 1, 2) as probability,
        cast(null as double) as prior_pairs
    from persons
)

select * from final
