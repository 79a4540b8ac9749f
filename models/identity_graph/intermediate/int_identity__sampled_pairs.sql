{# One row per sampled pair of profiles with the levels of agreement per attribute, packed as
   pattern_key: kind 'chance' for pairs drawn at random, 'same_person' for profiles that
   identifiers have tied together. #}
{%- set attributes = var('matching_attributes') %}
{%- set home_columns = ['address', 'house_number', 'postal_code', 'city'] %}
{%- set columns = attributes.keys() | reject('equalto', 'home') | list + home_columns %}
with

profiles as {{ not_materialized() }} (
    select * from {{ ref('int_identity__person_profiles') }}
),

nickname_pairs as (
    select * from {{ ref('int_identity__nickname_pairs') }}
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

numbered_profiles as {{ not_materialized() }} (
    select
        numbered.draw,
        profiles.*
    from numbered
    inner join profiles
        on numbered.customer_record = profiles.customer_record
),

pairs as (
    select
        drawn.kind,
        one.person_number = other.person_number as is_one_person,
        {%- for column in columns %}
        one.{{ column }} as {{ column }}_one,
        other.{{ column }} as {{ column }}_other,
        {%- endfor %}
        nickname_pairs.form_one is not null as is_nickname,
        case when one.given_name = other.family_name then 1 else 0 end
        + case when one.family_name = other.given_name then 1 else 0 end as swap_count
    from drawn
    inner join numbered_profiles as one
        on drawn.draw_one = one.draw
    inner join numbered_profiles as other
        on drawn.draw_other = other.draw
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
        pairs.kind
    from pairs
    where
        pairs.kind = 'same_person'
        or not pairs.is_one_person
),

final as (
    select
        kind,
        {{ pattern_key() }} as pattern_key
    from compared
)

select * from final
