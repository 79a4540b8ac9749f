{# One row per pair of profiles in the sample: kind 'chance' for pairs drawn at random,
   'same_person' for profiles that identifiers have tied together. A table, so that the engine knows
   how many there are and reads the wide profiles beside them, not them beside the profiles. #}
with

profiles as {{ not_materialized() }} (
    select
        customer_record,
        person_number
    from {{ ref('int_identity__person_profiles') }}
),

numbered as (
    select
        customer_record,
        person_number,
        row_number() over (order by md5(customer_record)) as draw,
        count(*) over () as profile_count
    from profiles
),

-- Everybody is paired with those who follow in the order drawn, as many as the sample allows.
chance_pairs as (
    select
        'chance' as kind,
        numbered.draw as draw_one,
        (numbered.draw - 1 + steps.step) % numbered.profile_count + 1 as draw_other
    from numbered
    {{ unnest_list(
        number_sequence(
            '1',
            'greatest(1, cast(round(' ~ var('matching_sample_pairs') ~ ' / numbered.profile_count) as bigint))'
        ),
        'steps',
        'step'
    ) }}
    where
        numbered.draw <= {{ var('matching_sample_pairs') }}
        and 2 * steps.step < numbered.profile_count
),

following as (
    select
        draw as draw_one,
        lead(draw) over (partition by person_number order by draw) as draw_other
    from numbered
),

same_person_pairs as (
    select
        'same_person' as kind,
        draw_one,
        draw_other
    from following
    where
        draw_other is not null
        and draw_one <= {{ var('matching_sample_pairs') }}
),

drawn as (
    select * from chance_pairs
    union all
    select * from same_person_pairs
),

final as (
    select
        drawn.kind,
        one.customer_record as record_one,
        other.customer_record as record_other
    from drawn
    inner join numbered as one
        on drawn.draw_one = one.draw
    inner join numbered as other
        on drawn.draw_other = other.draw
    where
        drawn.kind = 'same_person'
        or one.person_number <> other.person_number
)

select * from final
