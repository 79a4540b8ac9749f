{#- One row per candidate, with the number of the first later one that the re-entry rule would let
    in. -#}
with

candidates as (
    select * from {{ ref('int_journeys__candidates') }}
),

{# Each candidate stands twice in time: as itself, and at the moment when it frees the way again.
   The first candidate at or after that moment is its successor. #}
moments as (
    select
        journey_code,
        customer_id,
        candidate_number,
        candidate_number as open_number,
        1 as moment_order,
        entered_at as moment_at
    from candidates

    union all

    select
        journey_code,
        customer_id,
        candidate_number,
        cast(null as bigint) as open_number,
        0 as moment_order,
        {{ add_time('entered_at', 'reentry_days', 'day') }} as moment_at
    from candidates
),

following as (
    select
        journey_code,
        customer_id,
        candidate_number,
        moment_order,
        min(open_number) over (
            partition by journey_code, customer_id
            order by moment_at asc, moment_order asc, candidate_number asc
            rows between current row and unbounded following
        ) as successor_number
    from moments
),

final as (
    select
        journey_code,
        customer_id,
        candidate_number,
        successor_number
    from following
    where moment_order = 0
)

select * from final
