{# One row per kind of pairs, combination of levels (pattern_key) and attribute that both of a pair
   have, with the level and the number of pairs that show the combination; attribute '' stands for
   the combination itself. kind: 'candidate' for the pairs that are compared, 'chance' and
   'same_person' for the sampled ones. #}
with

comparisons as (
    select pattern_key
    from {{ ref('int_identity__comparisons') }}
),

sampled_patterns as (
    select
        kind,
        pattern_key,
        pair_count
    from {{ ref('int_identity__sampled_patterns') }}
),

patterns as (
    select
        'candidate' as kind,
        pattern_key,
        cast(count(*) as double) as pair_count
    from comparisons
    group by pattern_key
    union all
    select
        kind,
        pattern_key,
        pair_count
    from sampled_patterns
),

digits as (
    {%- for attribute in var('matching_attributes') %}
    select
        '{{ attribute }}' as attribute,
        {{ 10 ** loop.index0 }} as place
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

levels as (
    select
        patterns.kind,
        patterns.pattern_key,
        digits.attribute,
        cast(floor(patterns.pattern_key / digits.place) % 10 as int) as agreement_level,
        patterns.pair_count
    from patterns
    cross join digits
),

final as (
    select
        kind,
        pattern_key,
        '' as attribute,
        0 as agreement_level,
        pair_count
    from patterns
    union all
    select
        kind,
        pattern_key,
        attribute,
        agreement_level,
        pair_count
    from levels
    where agreement_level > 0
)

select * from final
