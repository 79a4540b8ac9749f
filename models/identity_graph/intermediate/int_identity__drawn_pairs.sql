{# One row per pair of profiles in the sample, by their numbers: of two persons drawn at random, or
   of one person whom identifiers have tied together (is_same_person). A table, so that the engine
   knows how many there are and reads the wide profiles beside them, not them beside the profiles. #}
with

profiles as {{ not_materialized() }} (
    select
        profile_number,
        person_number
    from {{ ref('int_identity__person_profiles') }}
),

-- Profiles of one person follow one another.
placed as (
    select
        profile_number,
        person_number,
        row_number() over (order by profile_number) as place,
        count(*) over () as profile_count
    from profiles
),

-- Everybody is paired with those who follow, as many as the sample allows.
drawn as (
    select
        placed.place as place_one,
        (placed.place - 1 + steps.step) % placed.profile_count + 1 as place_other,
        steps.step
    from placed
    {{ unnest_list(
        number_sequence(
            '1',
            'greatest(1, cast(round(' ~ var('matching_sample_pairs') ~ ' / placed.profile_count) as bigint))'
        ),
        'steps',
        'step'
    ) }}
    where
        placed.place <= {{ var('matching_sample_pairs') }}
        and 2 * steps.step < placed.profile_count
),

final as (
    select
        one.profile_number as profile_one,
        other.profile_number as profile_other,
        one.person_number = other.person_number as is_same_person
    from drawn
    inner join placed as one
        on drawn.place_one = one.place
    inner join placed as other
        on drawn.place_other = other.place
    where
        drawn.step = 1
        or one.person_number <> other.person_number
)

select * from final
