{#- One row per entry: the first candidate of a customer, its successor, that one's successor, and
    so on. A greedy rule with a reset has no window function; each round walks one step for all
    customers at once. -#}
with recursive

successors as (
    select * from {{ ref('int_journeys__successors') }}
),

chain as (
    select
        journey_code,
        customer_id,
        candidate_number,
        successor_number,
        1 as entry_seq
    from successors
    where candidate_number = 1

    union all

    select
        successors.journey_code,
        successors.customer_id,
        successors.candidate_number,
        successors.successor_number,
        chain.entry_seq + 1 as entry_seq
    from chain
    inner join successors
        on
            chain.journey_code = successors.journey_code
            and chain.customer_id = successors.customer_id
            and chain.successor_number = successors.candidate_number
),

final as (
    select
        journey_code,
        customer_id,
        candidate_number,
        entry_seq
    from chain
)

select * from final
