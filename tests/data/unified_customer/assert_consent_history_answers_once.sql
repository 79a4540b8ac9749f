-- At every moment, seen from every moment, a question about consent has one answer at most: of one
-- customer, contact point, channel, purpose and brand no two rows overlap both in time and in
-- knowledge.
with

answers as (
    select
        customer_id
        || '|' || contact_point_type
        || '|' || contact_point
        || '|' || channel
        || '|' || purpose
        || '|' || brand as question,
        status,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as timestamp)) as valid_to,
        known_from,
        coalesce(known_to, cast('9999-12-31' as timestamp)) as known_to
    from {{ ref('unified_consent_history') }}
)

select
    one.question,
    one.valid_from,
    other.valid_from as other_valid_from
from answers as one
inner join answers as other
    on
        one.question = other.question
        and (one.valid_from < other.valid_from or one.known_from < other.known_from)
        and one.valid_from < other.valid_to
        and one.valid_to > other.valid_from
        and one.known_from < other.known_to
        and one.known_to > other.known_from

union all

select
    question,
    valid_from,
    valid_to as other_valid_from
from answers
where
    valid_from >= valid_to
    or known_from >= known_to
