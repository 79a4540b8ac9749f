{# One row per kind of sampled pairs of profiles and combination of the levels of agreement per
   attribute, packed as pattern_key, with the number of pairs that show it: kind 'chance' for pairs
   drawn at random, 'same_person' for profiles that identifiers have tied together. #}
{%- set attributes = var('matching_attributes') %}
with

drawn_pairs as (
    select * from {{ ref('int_identity__drawn_pairs') }}
),

profiles as {{ not_materialized() }} (
    select * from {{ ref('int_identity__person_profiles') }}
),

nickname_pairs as (
    select * from {{ ref('int_identity__nickname_pairs') }}
),

pairs as (
    select
        drawn_pairs.is_same_person,
        {{ compared_values() }}
    from drawn_pairs
    inner join profiles as one
        on drawn_pairs.profile_one = one.profile_number
    inner join profiles as other
        on drawn_pairs.profile_other = other.profile_number
    left join nickname_pairs
        on
            one.first_name = nickname_pairs.form_one
            and other.first_name = nickname_pairs.form_other
),

compared as (
    select
        {%- for attribute in attributes %}
        {{ comparison_level(attribute, 'pairs', 'pairs.is_nickname', 'pairs.swap_count') }}
            as {{ attribute }},
        {%- endfor %}
        pairs.is_same_person
    from pairs
),

patterns as (
    select
        case when is_same_person then 'same_person' else 'chance' end as kind,
        {{ pattern_key() }} as pattern_key
    from compared
),

final as (
    select
        kind,
        pattern_key,
        cast(count(*) as double) as pair_count
    from patterns
    group by
        kind,
        pattern_key
)

select * from final
