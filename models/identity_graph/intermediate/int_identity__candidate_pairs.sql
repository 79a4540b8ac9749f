{# One row per pair of persons so far, by their numbers, that blocking rules bring together: the
   keys that they share add up to enough evidence. #}
{%- set enough = 1000000 * var('matching_min_evidence') %}
with

blocking_keys as {{ not_materialized() }} (
    select * from {{ ref('int_identity__blocking_keys') }}
),

key_evidence as (
    select * from {{ ref('int_identity__key_evidence') }}
),

hashed_keys as (
    select
        person_number,
        bit_or(cast(power(2, abs(blocking_key % 60)) as bigint)) as bits,
        count(*) as key_count
    from blocking_keys
    group by person_number
),

-- A bit for each key of a person; two bits more that all have who have two keys with the same bit.
signatures as (
    select
        person_number,
        bits
        + case
            when bit_count(bits) < key_count then cast(3 * power(2, 60) as bigint)
            else 0
        end as bits
    from hashed_keys
),

weighed_keys as {{ not_materialized() }} (
    select
        blocking_keys.person_number,
        blocking_keys.rule_number,
        blocking_keys.blocking_key,
        signatures.bits,
        cast(key_evidence.evidence as double) as evidence
    from blocking_keys
    inner join signatures
        on blocking_keys.person_number = signatures.person_number
    inner join key_evidence
        on
            blocking_keys.rule_number = key_evidence.rule_number
            and least(blocking_keys.other_count, {{ many_others() }})
            = key_evidence.other_count
),

signed_keys as {{ not_materialized() }} (
    select
        blocking_keys.person_number,
        blocking_keys.rule_number,
        blocking_keys.blocking_key,
        signatures.bits
    from blocking_keys
    inner join signatures
        on blocking_keys.person_number = signatures.person_number
),

-- Most pairs share one key only, and not enough. Two shared keys are two bits in common, so nearly
-- all of those pairs are left out before the rest is grouped, and no other pair is.
final as (
    select
        one.person_number as number_one,
        other.person_number as number_other
    from weighed_keys as one
    inner join signed_keys as other
        on
            one.rule_number = other.rule_number
            and one.blocking_key = other.blocking_key
    where
        one.person_number < other.person_number
        and (one.evidence >= {{ enough }} or bit_count(one.bits & other.bits) > 1)
    group by
        one.person_number,
        other.person_number
    having sum(one.evidence) >= {{ enough }}
)

select * from final
